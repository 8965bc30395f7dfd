module plinth/clients/go

go 1.22
