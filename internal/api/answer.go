package api

import (
	"encoding/json"
	"net/http"
)

// status is the body of an answer that is no problem.
type status struct {
	Status string `json:"status"`
}

func write(w http.ResponseWriter, code int, s status) { encode(w, "application/json", code, s) }

func encode(w http.ResponseWriter, mediaType string, code int, v any) {
	text, err := json.Marshal(v)
	if err != nil { // none of our answers can fail to encode
		code, text = http.StatusInternalServerError, []byte("{}")
	}
	headers(w, mediaType)
	w.WriteHeader(code)
	_, _ = w.Write(append(text, '\n')) // a client that is gone needs no answer
}

// headers sets what every answer has.
func headers(w http.ResponseWriter, mediaType string) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}
