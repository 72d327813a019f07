get "/" do
  "Hello!"
end

get "/ping/" do
  "OK"
end
