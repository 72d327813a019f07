USER = File.read("/secrets/user").strip
PASS = File.read("/secrets/pass").strip
