module aeterna.chaos/images/node/pause

go 1.24.0
