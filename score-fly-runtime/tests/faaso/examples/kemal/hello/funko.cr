get "/ping/" do
  "OK"
end
