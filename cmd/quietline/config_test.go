package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quietline/line"
)

// whole is a quietline.toml that serve takes.
const whole = `public_url = "https://notices.example"
public_listen = "127.0.0.1:8080"
desk_url = "https://rooms.example"
desk_listen = "127.0.0.1:8081"
cover = "Notices"
exit_url = "https://weather.example/today"
languages = ["en", "ar"]
countries = ["GB", "US"]
state = "memory"
runtime_dir = "run"
line_dir = "line"
content_dir = "content"
unchecked = "show"
reveal_address = "never"
complaint_body = "Charity Regulator, regulator.example"
untried_flows = ["arrival"]
record_key = "age1y8m84r6pwd4da5d45zzk03rlgv2xr7fn9px80suw3psrahul44ashl0usm"
max_new_chats = 50

[duties]
statement = "If a child is in danger we must tell the local authority."
translated = { ar = "إذا كان طفل في خطر، يجب أن نخبر السلطة المحلية." }
name = "Trustee on duty"
date = "2026-01-31"

[[shift]]
days = ["mon", "tue"]
from = "18:00"
to = "02:00"
zone = "Europe/London"
langs = ["en"]
channels = ["web", "sms"]
on_holidays = true

[[closed]]
day = "2026-12-24"

[[closed]]
from = "2026-08-01"
to = "2026-08-14"

[[closed]]
holidays = "GB"
open = ["2026-12-28"]

[[partner]]
id = "house1"
name = "The Garden House"
does = "Beds for women and children"
key = "age1y8m84r6pwd4da5d45zzk03rlgv2xr7fn9px80suw3psrahul44ashl0usm"

[telegram]
token_file = "telegram.token"
mode = "webhook"
api_url = "https://api.telegram.org"
username = "notices_board_bot"

[telegram.face.en]
name = "Notices"
about = "Notices for everybody."
description = "Press Start and write in any language."
commands = { start = "Begin" }

[[oncall.step]]
post = "https://board.example/topic-7"
token_file = "board.token"
after = "3m"
repeat = "5m"
lead = true
always = true

[[oncall.step]]
sms = "+447700900009"

[[oncall.step]]
mail = "night@host.example"

[oncall.mail]
server = "mail.example:587"
security = "starttls"
user = "notices"
password_file = "mail.password"
from = "notices@host.example"

[twilio]
account_sid = "AC00000000000000000000000000000001"
auth_token_file = "twilio.token"
api_url = "https://api.twilio.com"
messaging_service = "MG00000000000000000000000000000001"
fallback_url = "https://handler.example/answer"
discard_content = true
obfuscate_numbers = true

[[twilio.number]]
number = "+447700900000"
country = "GB"
whatsapp = false
`

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "quietline.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConfigWhole(t *testing.T) {
	file := writeConfig(t, whole)
	c, err := readConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.stateDir(), filepath.Join(filepath.Dir(file), "run"); got != want {
		t.Errorf("state in memory lies in %s, want %s", got, want)
	}
	if c.durable() {
		t.Error("state in memory counts as durable")
	}
	if len(c.Shifts) != 1 || c.Shifts[0].Zone != "Europe/London" {
		t.Errorf("shifts: %+v", c.Shifts)
	}
}

// Every key that there is stands in whole, so that each can be made wrong below.
func TestConfigWholeHasEveryKey(t *testing.T) {
	at := lineFinder(whole)
	for _, k := range keys() {
		if at(written(k)) == 0 && k.name != "insecure" && k.name != "telegram.face" && k.name != "oncall" {
			t.Errorf("whole lacks the key %s", k.name)
		}
	}
}

// written is a key as whole has it.
func written(k configKey) []string {
	return strings.Split(strings.ReplaceAll(k.name, anyLanguage, "en"), ".")
}

// TestConfigEveryKeyWrong makes each key wrong once: the error names the file, the line, the key, and what to write.
func TestConfigEveryKeyWrong(t *testing.T) {
	wrong := map[string]struct{ value, says string }{
		"public_url":        {`"http://notices.example"`, "insecure = true"},
		"public_listen":     {`"0.0.0.0:8080"`, "insecure = true"},
		"desk_url":          {`"https://rooms.example/desk"`, "only https://HOST"},
		"desk_listen":       {`"8081"`, "host:port"},
		"insecure":          {`"yes"`, "type"},
		"cover":             {`""`, "1 to 40 characters"},
		"exit_url":          {`"weather"`, "https://HOST"},
		"languages":         {`[]`, "at least the line's own"},
		"countries":         {`["GB", "UK"]`, "two capital letters"},
		"state":             {`"disk"`, `"memory"`},
		"runtime_dir":       {`""`, "path of a folder"},
		"line_dir":          {`""`, "path of a folder"},
		"content_dir":       {`7`, "type"},
		"unchecked":         {`"maybe"`, `"show" or "hide"`},
		"reveal_address":    {`"always"`, `"never" or "two_leads"`},
		"duties":            {``, ""}, // its own keys follow
		"duties.statement":  {`" "`, "1 to 600 bytes"},
		"duties.translated": {`{ es = "x" }`, `add ar = "…"`},
		"duties.name":       {`""`, "who answers"},
		"duties.date":       {`"31.1.2026"`, "2026-01-31"},
		"complaint_body":    {`"two\nlines"`, "1 to 160 bytes"},
		"untried_flows":     {`["arrival", "arrival"]`, "twice"},
		"max_new_chats":     {`0`, "1 to 10000"},
		"shift":             {``, ""},
		"shift.days":        {`["monday"]`, "mon, tue"},
		"shift.from":        {`"6pm"`, "18:00"},
		"shift.to":          {`"18:00"`, "the same"},
		"shift.zone":        {`"London"`, "IANA"},
		"shift.langs":       {`["english!"]`, "language"},
		"shift.channels":    {`["fax"]`, "web, telegram, sms, whatsapp"},
		"shift.on_holidays": {`"yes"`, "type"},
		"closed":            {``, ""},
		"closed.day":        {`"24.12.2026"`, "2026-12-24"},
		"closed.from":       {`"2026-09-01"`, "before it begins"},
		"closed.to":         {`"2028-08-14"`, "longer than a year"},
		"closed.holidays":   {`"UK"`, "GB"},
		"closed.open":       {`["Christmas"]`, "2026-12-24"},

		"telegram":                       {``, ""},
		"telegram.token_file":            {`""`, "bot's token"},
		"telegram.mode":                  {`"push"`, `"webhook" or "poll"`},
		"telegram.api_url":               {`"ftp://api.example"`, "must start with https://"},
		"telegram.username":              {`"@notices_bot"`, "without @"},
		"record_key":                     {`"age1x"`, "no public key"},
		"partner":                        {``, ""},
		"partner.id":                     {`"House 1"`, "small letters"},
		"partner.name":                   {`" "`, "1 to 80 bytes"},
		"partner.does":                   {`"a\nb"`, "on one line"},
		"partner.key":                    {`"age1x"`, "no public key"},
		"telegram.face":                  {``, ""},
		"telegram.face.LANG.name":        {`"` + strings.Repeat("n", 65) + `"`, "at most 64 characters"},
		"telegram.face.LANG.about":       {`"` + strings.Repeat("n", 121) + `"`, "at most 120 characters"},
		"telegram.face.LANG.description": {`"\u202e"`, "at most 512 characters"},
		"telegram.face.LANG.commands":    {`{ Start = "Begin" }`, "a command is"},
		"oncall":                         {``, ""},
		"oncall.step":                    {``, ""},
		"oncall.step.post":               {`"http://board.example/topic-7"`, "insecure = true"},
		"oncall.step.token_file":         {`7`, "type"},
		"oncall.step.sms":                {`"07700 900000"`, "+447700900000"},
		"oncall.step.mail":               {`"Night <night@host.example>"`, "no plain address"},
		"oncall.step.after":              {`"soon"`, "from 0s to 24h"},
		"oncall.step.repeat":             {`"10s"`, "from 1m to 24h"},
		"oncall.step.lead":               {`false`, "danger must reach somebody"},
		"oncall.step.always":             {`"yes"`, "type"},
		"oncall.mail":                    {``, ""},
		"oncall.mail.server":             {`"mail.example"`, "host:port"},
		"oncall.mail.security":           {`"none"`, "on this machine"},
		"oncall.mail.user":               {`""`, "both or neither"},
		"oncall.mail.password_file":      {`7`, "type"},
		"oncall.mail.from":               {`"notices"`, "no plain address"},
		"twilio":                         {``, ""},
		"twilio.account_sid":             {`"AC1"`, "AC and 32"},
		"twilio.auth_token_file":         {`""`, "auth token"},
		"twilio.api_url":                 {`"https://api.example/v1"`, "only https://HOST"},
		"twilio.messaging_service":       {`"MG1"`, "MG and 32"},
		"twilio.fallback_url":            {`"handler"`, "https://HOST"},
		"twilio.discard_content":         {`"yes"`, "type"},
		"twilio.obfuscate_numbers":       {`1`, "type"},
		"twilio.number":                  {``, ""},
		"twilio.number.number":           {`"07700 900000"`, "+447700900000"},
		"twilio.number.country":          {`"FR"`, "not among countries"},
		"twilio.number.whatsapp":         {`"no"`, "type"},
	}
	for _, k := range keys() {
		w, ok := wrong[k.name]
		if !ok {
			t.Errorf("no wrong value for %s", k.name)
			continue
		}
		if w.says == "" {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			text, name := whole, k.name[strings.LastIndex(k.name, ".")+1:]
			if name == "insecure" {
				text = "insecure = false\n" + text
			}
			lines := strings.Split(text, "\n")
			lines[lineFinder(text)(written(k))-1] = name + " = " + w.value
			text = strings.Join(lines, "\n")
			file := writeConfig(t, text)
			_, err := readConfig(file)
			if err == nil {
				t.Fatalf("%s = %s was taken", k.name, w.value)
			}
			table, _, _ := strings.Cut(k.name, ".")
			if !strings.Contains(err.Error(), table) || !strings.Contains(err.Error(), w.says) {
				t.Errorf("the error does not name %s and %q:\n%v", k.name, w.says, err)
			}
			if !regexp.MustCompile(regexp.QuoteMeta(file) + `:\d+: `).MatchString(err.Error()) {
				t.Errorf("the error does not name file and line:\n%v", err)
			}
			if n := strings.Count(err.Error(), "\n"); n > 0 {
				t.Errorf("one mistake gave %d lines:\n%v", n+1, err)
			}
		})
	}
}

// TestConfigMissing takes away each needed key in turn.
func TestConfigMissing(t *testing.T) {
	for _, k := range keys() {
		if !k.need {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			at := lineFinder(whole)(written(k))
			lines := strings.Split(whole, "\n")
			text := strings.Join(slices.Delete(lines, at-1, at), "\n")
			switch k.name {
			case "duties":
				i, j := strings.Index(whole, "[duties]"), strings.Index(whole, "[[shift]]")
				text = whole[:i] + whole[j:]
			case "oncall.step":
				i, j := strings.Index(whole, "[[oncall.step]]"), strings.Index(whole, "[oncall.mail]")
				text = whole[:i] + whole[j:]
			case "twilio.number":
				text = whole[:strings.Index(whole, "[[twilio.number]]")]
			}
			_, err := readConfig(writeConfig(t, text))
			if err == nil || !strings.Contains(err.Error(), k.name+": ") || !strings.Contains(err.Error(), "is missing") {
				t.Fatalf("without %s: %v", k.name, err)
			}
		})
	}
}

func TestConfigUnknownKey(t *testing.T) {
	for _, tt := range []struct{ add, want string }{
		{"langages = [\"en\"]\n", `:1: nothing reads the key "langages"; the nearest known key is "languages"`},
		{"[dutys]\nname = \"x\"\n[other]\n", `:1: nothing reads the key "dutys"; the nearest known key is "duties"`},
	} {
		_, err := readConfig(writeConfig(t, tt.add+"\n"+strings.Replace(whole, "[duties]", "[duties]", 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q gave:\n%v\nwant %s", tt.add, err, tt.want)
		}
	}
	text := strings.Replace(whole, "zone =", "zoen =", 1)
	_, err := readConfig(writeConfig(t, text))
	if want := fmt.Sprintf(`:%d: nothing reads the key "shift.zoen"; the nearest known key is "shift.zone"`, 1+strings.Count(text[:strings.Index(text, "zoen")], "\n")); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("in a shift:\n%v\nwant %s", err, want)
	}
}

func TestConfigBadFile(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"syntax":  {"cover = Notices\n", "quietline.toml:1: cover: "},
		"twice":   {"cover = \"a\"\ncover = \"b\"\n", "quietline.toml:2: "},
		"not utf": {"cover = \"\xff\"\n", "UTF-8"},
		"large":   {strings.Repeat("# large\n", 200_000), "larger than"},
	} {
		_, err := readConfig(writeConfig(t, tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if _, err := readConfig(filepath.Join(t.TempDir(), "none.toml")); !os.IsNotExist(errorsUnwrapAll(err)) {
		t.Errorf("no file: %v", err)
	}
	if _, err := readConfig(t.TempDir()); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
}

func errorsUnwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		if _, ok := err.(*os.PathError); ok {
			return err
		}
		err = u.Unwrap()
	}
}

// TestConfigEveryKeyHasAReader: a key that nothing reads is a promise that nothing keeps. A reader is a use of the
// field outside of the files that read and check the configuration.
func TestConfigEveryKeyHasAReader(t *testing.T) {
	used := map[string]bool{}
	goFiles(t, func(path string, file *ast.File, _ *token.FileSet) {
		if !strings.HasPrefix(path, "cmd/quietline/") && !strings.HasPrefix(path, "line/") || strings.HasSuffix(path, "_test.go") {
			return
		}
		if path == "cmd/quietline/config.go" || path == "cmd/quietline/configchannels.go" || path == "cmd/quietline/configoncall.go" { // its methods are readers, its checks are not
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if ok && !strings.HasPrefix(f.Name.Name, "bad") && f.Name.Name != "faults" {
					ast.Inspect(f, func(n ast.Node) bool {
						if s, ok := n.(*ast.SelectorExpr); ok {
							used[s.Sel.Name] = true
						}
						return true
					})
				}
			}
			return
		}
		selectors(file, func(_, name string) { used[name] = true })
	})
	for _, typ := range []reflect.Type{reflect.TypeFor[config](), reflect.TypeFor[duties](), reflect.TypeFor[line.Shift](), reflect.TypeFor[line.Closed](),
		reflect.TypeFor[telegramTable](), reflect.TypeFor[telegramFace](), reflect.TypeFor[twilioTable](), reflect.TypeFor[twilioNumber](),
		reflect.TypeFor[oncallTable](), reflect.TypeFor[oncallStep](), reflect.TypeFor[mailTable]()} {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Tag.Get("toml") != "" && !used[f.Name] && f.Name != "Insecure" { // what it allows is in the checks
				t.Errorf("nothing reads the key %s", f.Tag.Get("toml"))
			}
			if strings.Contains(f.Tag.Get("toml"), "secret") || strings.HasSuffix(f.Tag.Get("toml"), "token") || strings.HasSuffix(f.Tag.Get("toml"), "password") {
				t.Errorf("%s: a secret is named by a file, as %s_file", f.Tag.Get("toml"), f.Tag.Get("toml"))
			}
		}
	}
}

// The manual says something about every key, in words.
func TestConfigManual(t *testing.T) {
	for _, k := range keys() {
		if len(k.say) < 20 || !strings.HasSuffix(k.say, ".") {
			t.Errorf("%s: its manual is %q", k.name, k.say)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(whole)
	f.Add("[duties]\nname=1\n[[shift]]\n")
	f.Add("a.b.c = [1, {x = 2}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := readConfig(writeConfig(t, text)); err == nil && (c.Duties.Statement == "" || c.PublicURL == "") {
			t.Error("a configuration without a statement or an address was taken")
		}
	})
}
