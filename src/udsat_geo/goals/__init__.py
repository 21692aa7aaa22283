"""The policy's 18 goals: the published figures judged by one stated rule, and those that registers can answer computed.

`published` reads the figures of the status report, `verdict` holds the rule, `measure` and `crossings` compute over
any set of areas, `account` puts it all side by side.
"""
