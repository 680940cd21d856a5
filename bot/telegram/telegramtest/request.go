package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// An answer is what a call gets.
type answer struct {
	OK          bool   `json:"ok"`
	Result      any    `json:"result,omitempty"`
	Code        int    `json:"error_code,omitempty"`
	Description string `json:"description,omitempty"`
	Parameters  *struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters,omitempty"`
}

func done(result any) answer { return answer{OK: true, Result: result} }

func refuse(code int, description string) answer { return answer{Code: code, Description: description} }

func wait(seconds int) answer {
	a := refuse(429, fmt.Sprintf("Too Many Requests: retry after %d", seconds))
	a.Parameters = &struct {
		RetryAfter int `json:"retry_after"`
	}{seconds}
	return a
}

// ServeHTTP is the Bot API: POST or GET /bot<token>/<method>, parameters as a form of either kind, JSON or query.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	if !ok || !strings.HasPrefix(r.URL.Path, "/bot") {
		give(w, refuse(404, "Not Found"))
		return
	}
	if token != s.token {
		if strings.Contains(token, ":") {
			give(w, refuse(401, "Unauthorized"))
		} else {
			give(w, refuse(404, "Not Found"))
		}
		return
	}
	v, err := values(r)
	if err != nil {
		give(w, refuse(400, "Bad Request: can't parse the request"))
		return
	}
	s.mu.Lock()
	s.calls[method]++
	fault, hang := s.draw(method), s.fault.HangFor
	s.touch()
	s.mu.Unlock()
	switch fault {
	case Error500:
		give(w, refuse(500, "Internal Server Error"))
		return
	case HTML502:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><body>502 Bad Gateway: "+v.Get("text")+"</body></html>")
		return
	case Hangs:
		t := time.NewTimer(hang)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		cut(w)
		return
	case CutBefore:
		cut(w)
		return
	case TooMany:
		give(w, wait(1))
		return
	}
	var a answer
	if strings.EqualFold(method, "getUpdates") {
		a = s.getUpdates(r, v)
	} else {
		a = s.call(method, v)
	}
	if fault == CutAfter {
		s.cutOff(a)
		cut(w)
		return
	}
	give(w, a)
}

// cutOff notes that the answer which tells of a sent message never came.
func (s *Server) cutOff(a answer) {
	sent, ok := a.Result.(map[string]any)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := sent["message_id"].(int)
	for _, p := range s.phones {
		if m := p.find(id); m != nil && !m.mine {
			m.Cut = true
		}
	}
}

func give(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	if !a.OK {
		w.WriteHeader(a.Code)
	}
	_ = json.NewEncoder(w).Encode(a)
}

// values reads the parameters, as strings; arrays and objects stay JSON.
func values(r *http.Request) (url.Values, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var m map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			return nil, err
		}
		v := url.Values{}
		for k, raw := range m {
			var s string
			if json.Unmarshal(raw, &s) != nil {
				s = string(raw)
			}
			v.Set(k, s)
		}
		return v, nil
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if len(body) == 0 { // no parameter at all
			return url.Values{}, nil
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		parts, err := r.MultipartReader()
		if err != nil {
			return nil, err
		}
		form, err := parts.ReadForm(4 << 20)
		if err != nil {
			return nil, err
		}
		return form.Value, nil
	}
	err := r.ParseForm()
	return r.Form, err
}
