// The two files of the design, used by several tests.
#pragma once

#include <string_view>

namespace weir::pipeline::test {

inline constexpr std::string_view kMinimal = R"(name: listings
trigger:
    schedule:
        hour: 3
steps:
    - run: ./aggregate.sh "$WEIR_DATE"
)";

// What this version serves; the published blocks (executions, notifications) stand in it verbatim.
inline constexpr std::string_view kServed = R"(name: pipeline-X
description: Metric X, one row a day and country, from listings and searches.
owner: rent-journey
tags: [metrics, daily]
timezone: Europe/Berlin
window: day
since: 2026-01-01
parameters:
    sampleRate: {type: number, default: 1}
trigger:
    operator: AND
    schedule:
        hour: 6
    executions:
        operator: AND
        allOf:
            - name: listings
              account: Account_A_ID
              status:
                  - SUCCESS
            - name: searches
              account: Account_B_ID
              status:
                  - SUCCESS
            - {name: clicks, account: Account_B_ID, status: [SUCCESS], each: all, offset: -1}
            - {name: fx-rates, account: finance, status: [SUCCESS], match: newest, maxAge: 3d}
            - {name: pipeline-x, status: [SUCCESS], offset: -1}
        anyOf:
            - {name: prices-a, account: market, status: [SUCCESS]}
            - {name: prices-b, account: market, status: [SUCCESS]}
    onUpstreamRerun: run
    catchup: all
steps:
    - name: check
      run: ./check.sh "$WEIR_DATE"
      timeout: 5m
    - name: metric
      run: ./metric.sh "$WEIR_DATE"
      retry: {attempts: 3, delay: 1m, backoff: 2}
      timeout: 2h
      result: out/metric.json
onFailure:
    - run: ./quarantine.sh "$WEIR_DATE"
finally:
    - run: ./clean.sh
inputs: ["s3://core/listings/dt=${date}", "s3://search/searches/dt=${date}"]
outputs: ["s3://rent/metric-x/dt=${date}"]
share:
    with: [marketing, finance]
    result: [path, rows]
concurrency: {maxRuns: 2, onLimit: queue}
notifications:
    type: FULL_EXECUTION
    targets:
        - channel: SLACK
          addresses:
              - data-pipeline-alerts
        - channel: EMAIL
          addresses:
              - rent-journey@example.org
)";

// The whole language as designed, with the keys that later versions bring.
inline constexpr std::string_view kRich = R"(name: pipeline-x
description: Metric X, one row a day and country, from listings and searches.
owner: rent-journey
tags: [metrics, daily]
timezone: Europe/Berlin                # default: the account's, else UTC
window: day                            # default: the coarsest of its upstreams; every deploy prints it
since: 2026-01-01                      # nothing before starts by itself; default: the day of the first deploy

parameters:
    sampleRate: {type: number, default: 1}
secrets:
    METASTORE_PASSWORD: hive/metastore # environment variable: name of the secret; masked everywhere
compute:
    type: spark                        # local (default) | queue | spark | emr; made before the steps, freed after
    workers: 2
    worker: {cores: 2, memory: 4 GiB}

trigger:
    operator: AND                      # required when schedule and executions are both there
    schedule:
        hour: 6                        # not before 06:00
    executions:
        operator: AND                  # between the two blocks
        allOf:
            - name: listings
              account: Account_A_ID
              status:
                  - SUCCESS
            - name: searches
              account: Account_B_ID
              status:
                  - SUCCESS
            - {name: clicks, account: Account_B_ID, status: [SUCCESS], each: all, offset: -1}
            - {name: fx-rates, account: finance, status: [SUCCESS], match: newest, maxAge: 3d}
            - {name: pipeline-x, status: [SUCCESS], offset: -1}
        anyOf:
            - {name: prices-a, account: market, status: [SUCCESS]}
            - {name: prices-b, account: market, status: [SUCCESS]}
    expect: {startBy: "07:00", finishBy: "08:30", onMiss: run}
    onUpstreamRerun: run               # run | ask | ignore | supersede
    catchup: all                       # all | last | none

steps:                                 # one after the other, unless a step says needs:
    - name: check
      run: ./check.sh "$WEIR_DATE"
      timeout: 5m
    - name: metric
      spark:
          file: jobs/metric_x.py
          args: ["--date", "${date}", "--listings", "${upstream.listings.result.path}"]
      retry: {attempts: 3, delay: 1m, backoff: 2}
      timeout: 2h
      result: out/metric.json          # small JSON: later steps and dependants see it
    - name: export
      foreach: [de, at, ch]
      run: ./export.sh "$WEIR_DATE" "$WEIR_ITEM"
onFailure:
    - run: ./quarantine.sh "$WEIR_DATE"
finally:
    - run: ./clean.sh

inputs: ["s3://core/listings/dt=${date}", "s3://search/searches/dt=${date}"]
outputs: ["s3://rent/metric-x/dt=${date}"]
share:
    with: [marketing, finance]         # default: the installation's policy
    result: [path, rows]
concurrency: {maxRuns: 2, onLimit: queue, pool: warehouse}
notifications:                         # one block or a list of blocks
    type: FULL_EXECUTION               # FULL_EXECUTION | ON_COMPLETION | ON_FAILURE (late and recovered come with each)
    targets:
        - channel: SLACK
          addresses:
              - data-pipeline-alerts
        - channel: EMAIL
          addresses:
              - rent-journey@example.org
)";

}  // namespace weir::pipeline::test
