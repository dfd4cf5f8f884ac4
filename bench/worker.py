"""worker.js for Python: sets one contender up, warms it up, and measures a window of as many seconds as each line says."""
import importlib.util
import json
import pathlib
import sys
import time

WARM_UP, READING = 1, 0.01  # s, of the processor


def say(line):
    print(json.dumps(line), flush=True)


def run(step, at_least, calls):
    cpu, wall, done = time.process_time(), time.perf_counter(), 0
    while time.process_time() - cpu < at_least:
        for _ in range(calls):
            step()
        done += calls
    return done, time.process_time() - cpu, time.perf_counter() - wall


def main():
    contender = json.loads(sys.argv[1])
    path = pathlib.Path(__file__).parent / "peers" / f"{contender['peer']}.py"
    spec = importlib.util.spec_from_file_location("peer", path)
    peer = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(peer)
    except ModuleNotFoundError:
        return say({"missing": contender["peer"]})
    version, units, step, loss = peer.prepare(contender)
    first = loss()
    done, cpu, _ = run(step, WARM_UP, 1)
    calls = max(1, round(READING * done / cpu))
    run(step, WARM_UP, calls)
    say({"version": version, "first": first})
    for window in sys.stdin:
        done, cpu, wall = run(step, float(window), calls)
        say({"rate": done * units / cpu, "wallRate": done * units / wall, "last": loss()})


main()
