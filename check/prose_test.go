package check_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"quietline/check"
)

// Sentences that must never be said, and others that look like them and may. They were written without the lists before
// the writer's eyes, as far as one writer can.
func TestSentences(t *testing.T) {
	in := load(t, files(t), fstest.MapFS{})
	for _, tt := range []struct {
		class  check.Class // empty: may be said
		lang   string
		phrase []string
	}{
		{check.Asked, "en", []string{
			"What is your name?", "Please tell us your full name.", "Where do you live?", "Send a photo of your passport.", "Which city are you in?",
			"How old are you?", "Do you have papers?", "What is your nationality?", "Tell us what happened.", "Are you safe?", "Why did you go with him?",
			"Could you give us your phone number?", "When were you born?", "Write your passport number here.", "Who are you?",
		}},
		{"", "en", []string{
			"We do not ask for your name.", "You do not need to say who you are.", "Tell nobody your new address.", "Do not send photos.", "Who is this about?",
			"Do you know where you are?", "Keep your passport with you if you can.", "What do you need most now?", "Is someone keeping your papers?", "You can say no.",
			"Do not know where you are? Look for a letter or a street sign.", "Choose the country you are in.",
		}},
		{check.Asked, "es", []string{
			"¿Cómo te llamas?", "Escribe tu nombre, por favor.", "¿Dónde vives?", "¿Cuál es tu nacionalidad?", "Envía una foto.", "¿Qué te pasó?", "¿Estás a salvo?", "¿Por qué te fuiste?",
			"¿Tienes papeles?", "Dinos tu dirección.",
		}},
		{"", "es", []string{"No preguntamos tu nombre.", "¿De quién se trata?", "No envíes fotos.", "¿Qué necesitas más ahora?", "Guarda tu pasaporte."}},
		{check.Asked, "ar", []string{"ما اسمك؟", "اكتب اسمك الكامل.", "أين تعيش؟", "ما جنسيتك؟", "أرسل صورة.", "ماذا حدث؟", "هل أنت بأمان؟", "لماذا ذهبت معه؟", "كم عمرك؟"}},
		{"", "ar", []string{"لا نسألك عن اسمك.", "من يخص هذا؟", "لا ترسل صورا.", "ماذا تحتاج الآن؟"}},
		{check.Asked, "vi", []string{"Bạn tên gì?", "Hãy viết tên của bạn.", "Bạn sống ở đâu?", "Bạn có quốc tịch nào?", "Hãy gửi ảnh.", "Chuyện gì đã xảy ra?", "Bạn có an toàn không?", "Tại sao bạn đi với họ?"}},
		{"", "vi", []string{"Chúng tôi không hỏi tên của bạn.", "Việc này là về ai?", "Đừng gửi ảnh.", "Bạn cần gì nhất bây giờ?"}},
		{check.Promise, "en", []string{"You are safe here.", "This chat is untraceable.", "No one will know.", "We guarantee an answer.", "This is for victims."}},
		{check.Promise, "es", []string{"Aquí estás a salvo.", "Nadie lo sabrá.", "Te prometemos ayuda."}},
		{check.Promise, "ar", []string{"أنت بأمان هنا.", "لن يعرف أحد."}},
		{check.Promise, "vi", []string{"Bạn đang an toàn.", "Sẽ không ai biết."}},
		{"", "en", []string{"We cannot promise that.", "We cannot guarantee an answer."}},
		{"", "ar", []string{"لا نستطيع أن نعدك بذلك."}},
		{"", "vi", []string{"Chúng tôi không đảm bảo điều đó."}},
		{check.Address, "en", []string{"See example.org for more.", "Look at https://example.net/x now.", "Write to us@example.com today.", "Find @some_bot there."}},
		{"", "en", []string{"You can leave. You can come back.", "Send 0 to leave.", "It is one o'clock.", "This is kept for you, e.g. a word."}},
		{check.Carrier, "en", []string{"Send STOP to end it.", "Text HELP to us.", "Reply INFO for more.", `You can send "unsubscribe" too.`}},
		{check.Mixed, "es", []string{"Puedes write aquí.", "Hay una persona here.", "Hola, привет."}},
		{check.Mixed, "ar", []string{"يمكنك الكتابة please.", "Write here now."}},
		{check.Mixed, "vi", []string{"Bạn có thể write with us.", "Hãy chọn the country."}},
		{check.Natural, "en", []string{"How many people are there?", "How old is the child?"}},
		{check.Natural, "es", []string{"¿Cuántas personas hay?"}},
		{check.Natural, "ar", []string{"كم عدد الأشخاص؟"}},
		{check.Natural, "vi", []string{"Có bao nhiêu người?"}},
		{check.Reading, "en", []string{"Confidentiality obligations notwithstanding, disclosure requirements may supersede individual preferences."}},
	} {
		for _, s := range tt.phrase {
			got, err := check.Sentence(in, tt.lang, s)
			if err != nil {
				t.Fatal(err)
			}
			if tt.class == "" && len(got) > 0 {
				t.Errorf("%s: %q may be said, and raises %v", tt.lang, s, got)
			}
			if tt.class != "" && !slices.Contains(got, tt.class) {
				t.Errorf("%s: %q raises %v, want %s", tt.lang, s, got, tt.class)
			}
		}
	}
}
