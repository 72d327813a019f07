require "kemal"
require "./funko.cr"

Kemal.run(port: 3000)
