"""E-mail over any provider of django-anymail: its backends carry, its webhook views read what comes back.

Tells: none of its own. Listens to: tracking events of the provider, signed or with the secret that was set.
"""
