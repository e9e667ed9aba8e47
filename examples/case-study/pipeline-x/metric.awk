# Joins a listings file (airport,state,departures) and a searches file (airport,arrivals,late,minutes_late) of one date, in this
# order, into the metric's JSON document. Variables: date.
# The metric has two decimals, rounded half up in whole numbers: no machine rounds them differently.

function better(a, b) {
    if (late[a] != late[b]) return late[a] > late[b]
    return a < b
}
FNR == 1 { file++; next }
file == 1 { departures[$1] = $3; state[$1] = $2; next }
$1 in departures {
    late[$1] = $3
    order[++airports] = $1
    total_departures += departures[$1]
    total_arrivals += $2
    total_late += $3
    total_minutes += $4
}
END {
    if (airports == 0) {
        print "pipeline-x: no airport has both departures and arrivals on " date > "/dev/stderr"
        exit 1
    }
    hundredths = int((20000 * total_late + total_departures) / (2 * total_departures))
    printf "{\n  \"date\": \"%s\",\n  \"metric\": %d.%02d,\n", date, int(hundredths / 100), hundredths % 100
    printf "  \"airports\": %d,\n  \"departures\": %d,\n  \"arrivals\": %d,\n", airports, total_departures, total_arrivals
    printf "  \"late\": %d,\n  \"minutes_late\": %d,\n  \"latest\": [", total_late, total_minutes
    for (place = 1; place <= 3 && place <= airports; place++) {
        best = 0
        for (i = 1; i <= airports; i++)
            if (!taken[i] && (!best || better(order[i], order[best]))) best = i
        taken[best] = 1
        code = order[best]
        printf "%s\n    {\"airport\": \"%s\", \"state\": \"%s\", \"late\": %d, \"departures\": %d}", (place > 1 ? "," : ""), code, \
            state[code], late[code], departures[code]
    }
    print "\n  ]\n}"
}
