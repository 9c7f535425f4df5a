"""How fast Telvertel is, as ratios to a bare application measured beside it in the same run.

`python -m bench` runs everything; `python -m bench --help` says what else there is. Everything happens on this
machine's loopback address, in temporary folders, bounded in count and time.
"""
