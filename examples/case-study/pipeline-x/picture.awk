# Draws lines of "date day-number metric", sorted by date, as an SVG line chart. The line has a gap where a date is missing.

{ date[NR] = $1; day[NR] = $2; metric[NR] = $3 + 0; text[NR] = $3 }

function x(d) { return days > 0 ? left + (d - day[1]) * plot_width / days : left + plot_width / 2 }
function y(m) { return top + plot_height - m * plot_height / highest_tick }
function label_of(iso) { return substr("JanFebMarAprMayJunJulAugSepOctNovDec", 3 * substr(iso, 6, 2) - 2, 3) " " (substr(iso, 9, 2) + 0) }
function point(i) { return sprintf("%.1f,%.1f", x(day[i]), y(metric[i])) }

# From a day's number (Julian) to its ISO date.
function iso_of(number,    a, b, c, d, e, m) {
    a = number + 1 + 32044
    b = int((4 * a + 3) / 146097); c = a - int(146097 * b / 4)
    d = int((4 * c + 3) / 1461); e = c - int(1461 * d / 4)
    m = int((5 * e + 2) / 153)
    return sprintf("%04d-%02d-%02d", 100 * b + d - 4800 + int(m / 10), m + 3 - 12 * int(m / 10), e - int((153 * m + 2) / 5) + 1)
}

END {
    if (NR == 0) { print "picture: there is no metric file to draw" > "/dev/stderr"; exit 1 }
    width = 960; height = 420; left = 56; top = 84
    plot_width = width - left - 32; plot_height = height - top - 52
    days = day[NR] - day[1]

    best = 1; worst = 1; sum = 0
    for (i = 1; i <= NR; i++) {
        sum += metric[i]
        if (metric[i] > metric[worst]) worst = i
        if (metric[i] < metric[best]) best = i
    }
    mean = sum / NR
    tick = 5
    while (metric[worst] * 1.08 > tick * 6) tick *= 2
    highest_tick = tick * (int(metric[worst] * 1.08 / tick) + 1)

    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " width " " height "\" width=\"" width "\" height=\"" height \
        "\" role=\"img\" aria-labelledby=\"t d\" font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\">"
    print "<title id=\"t\">Metric X: late arrivals for each 100 departures</title>"
    printf "<desc id=\"d\">A line chart of %d dates from %s to %s. Mean %.2f; highest %s on %s; lowest %s on %s.</desc>\n", \
        NR, date[1], date[NR], mean, text[worst], date[worst], text[best], date[best]
    print "<rect width=\"" width "\" height=\"" height "\" fill=\"#fcfcfa\"/>"
    print "<text x=\"" left "\" y=\"34\" font-size=\"19\" font-weight=\"600\" fill=\"#1d2733\">Metric X: late arrivals for each 100 departures</text>"
    printf "<text x=\"%d\" y=\"56\" font-size=\"13\" fill=\"#5a6673\">%s to %s, %d %s; an arrival is late after 15 minutes</text>\n", \
        left, date[1], date[NR], NR, NR == 1 ? "date" : "dates"

    print "<g font-size=\"12\" fill=\"#5a6673\">"
    for (value = 0; value <= highest_tick; value += tick) {
        printf "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", left, left + plot_width, y(value), y(value), \
            value ? "#e3e6e8" : "#8a949e"
        printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", left - 8, y(value) + 4, value
    }
    # Ticks on Mondays (a Julian day's number counted from noon, modulo 7, is 0 on a Monday), or on each day of a short range.
    step = days <= 10 ? 1 : (days <= 84 ? 7 : 7 * (int(days / 84) + 1))
    for (d = day[1]; d <= day[NR]; d++) {
        if ((step == 1) || ((d + 1) % step == 0)) {
            printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#8a949e\"/>\n", x(d), x(d), top + plot_height, top + plot_height + 5
            printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x(d), top + plot_height + 21, label_of(iso_of(d))
        }
    }
    print "</g>"

    printf "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#b4552d\" stroke-dasharray=\"5 4\"/>\n", left, left + plot_width, y(mean), y(mean)
    printf "<text x=\"%d\" y=\"%d\" font-size=\"12\" fill=\"#b4552d\" text-anchor=\"end\">- - mean %.2f</text>\n", left + plot_width, 56, mean

    path = ""
    for (i = 1; i <= NR; i++)
        path = path (i > 1 && day[i] == day[i - 1] + 1 ? " L" : (i > 1 ? " M" : "M")) point(i)
    print "<path d=\"" path "\" fill=\"none\" stroke=\"#1f6f8b\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
    print "<g fill=\"#1f6f8b\" stroke=\"#fcfcfa\" stroke-width=\"1.5\">"
    for (i = 1; i <= NR; i++)
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s: %s</title></circle>\n", x(day[i]), y(metric[i]), date[i], text[i]
    print "</g>"
    anchor = x(day[worst]) > left + plot_width - 60 ? "end" : (x(day[worst]) < left + 60 ? "start" : "middle")
    printf "<text x=\"%.1f\" y=\"%.1f\" font-size=\"12\" font-weight=\"600\" fill=\"#1d2733\" text-anchor=\"%s\">%s on %s</text>\n", \
        x(day[worst]), y(metric[worst]) - 11, anchor, text[worst], label_of(date[worst])
    print "</svg>"
}
