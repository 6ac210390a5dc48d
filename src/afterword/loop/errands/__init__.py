"""Errands: what a journey has done besides writing to the customer. A task for the team, a tag, a call to another system.

A journey's step makes an intent of a registered kind; the kind's performer carries it out, again and again until it is done
or given up. Tells `customer.tagged`, `customer.untagged`. Listens to nothing.
"""
