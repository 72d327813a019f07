const app = require('express')()
app.get('/ping', (req, res) => res.send('OK'))
app.listen(3000)
