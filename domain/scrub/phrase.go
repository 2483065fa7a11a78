package scrub

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isPassword(kind string) bool { return kind == "password" || kind == "passphrase" }

// phraseEnd returns where a pass phrase ends whose first word ends at end. It goes
// on as long as plain words follow that do not make a sentence.
func (f *finder) phraseEnd(kind string, v value, end int) int {
	if end == v.from || !isPlain(f.s[v.from:end]) {
		return end
	}
	to, words := end, 1
	for words < maxPhrase && to < len(f.s) && f.s[to] == ' ' {
		next := f.wordOfPhrase(to + 1)
		word := f.s[to+1 : next]
		if next == to+1 || word[0] == '-' || !isPlainOrNumber(word) || sentenceWords[strings.ToLower(word)] || next < len(f.s) && strings.IndexByte("=:(", f.s[next]) >= 0 {
			break
		}
		to = next
		words++
	}
	switch {
	case v.form == line && (to == len(f.s) || f.s[to] == '\n' || f.s[to] == '\r'), words > 2, kind == "passphrase":
		return to
	case v.form == strict && (to == len(f.s) || f.s[to] != ' '):
		return to
	}
	return end
}

// maxPhrase is how many words a pass phrase may have.
const maxPhrase = 24

func (f *finder) wordOfPhrase(i int) int {
	for i < len(f.s) && (isWordByte(f.s[i]) || f.s[i] == '-') {
		i++
	}
	return i
}

func isPlainOrNumber(word string) bool {
	for i := range len(word) {
		if !isDigit(word[i]) {
			return isPlain(word)
		}
	}
	return true
}

// isPlain reports whether word has letters only.
func isPlain(word string) bool {
	for _, r := range word {
		if !unicode.IsLetter(r) && r != '-' && !unicode.IsMark(r) {
			return false
		}
	}
	return word != "" && word != "-"
}

// isSentence reports whether a value of a password is what a validation says of
// it ("is too short") and not a pass phrase.
func isSentence(value string) bool {
	if strings.ContainsFunc(value, isHiragana) {
		return true
	}
	first, words := true, 0
	for word := range strings.FieldsSeq(cutAt(value, 400)) {
		word = strings.ToLower(strings.Trim(word, ".,;:!?\"'()"))
		if openingWords[word] && first && strings.IndexByte(value, ' ') > 0 {
			return true
		}
		if sentenceWords[word] {
			words++
		}
		first = false
	}
	return words > 1 || words == 1 && (endsSentence(value) || strings.Count(value, " ") < 4)
}

func endsSentence(value string) bool {
	return strings.HasSuffix(value, ".") || strings.HasSuffix(value, "!") || strings.HasSuffix(value, "?")
}

func isHiragana(r rune) bool { return r >= 0x3041 && r <= 0x309F }

func cutAt(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// sentenceWords make a sentence of the words round them. They are those with which
// validations in several languages are written.
var sentenceWords = set(`is isn't was wasn't are aren't were be been has have had can can't cannot could must mustn't may might
	should shouldn't does doesn't do don't did didn't will won't would and or but for not no of to in on at by with without
	from than then that this these those the a an you your we our it its please too invalid expired missing required
	incorrect wrong empty blank revoked denied failed rejected does match matches mismatch contain contains change changed
	because since when if only already after before least most characters character long short weak field error
	expected received given set reset retry retrying attempt attempts again try login user
	est n'est pas et ou peut vide manquant manquante erroné erronée refusé oublié le la les un une des du votre vous doit être trop invalide expiré incorrect incorrecte obligatoire requis
	puede vacía vacío falta incorrectos olvidó rechazada
	es no y o el los las una su debe ser inválida inválido incorrecta incorrecto vencida obligatoria
	darf soll kann wird wurde fehlt leer kurz lang zurückgesetzt vergessen
	ist nicht und oder der die das ein eine ihr muss sein zu ungültig abgelaufen falsch falsches erforderlich
	pode vazia vazio falta esqueceu recusada
	é não e ou os as uma sua seu deve muito inválida incorreta incorreto expirou obrigatória obrigatório`)

// openingWords begin a sentence about a password when others follow.
var openingWords = set(`is was has can't cannot must may should does doesn't and or for not you please contains the this your a an no
	enter invalid incorrect wrong missing too cannot
	est doit n'est le la votre es debe la el su ist muss das ihr é deve a sua`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}
