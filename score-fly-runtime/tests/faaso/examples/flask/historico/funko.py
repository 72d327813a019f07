USER = open("/secrets/user").read().strip()
PASS = open("/secrets/pass").read().strip()
