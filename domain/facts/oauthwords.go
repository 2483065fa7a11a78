package facts

// oauthWords are the values of "error" in OAuth 2.0 (RFC 6749, 6750, 7009, 7591,
// 8628, 9449) and OpenID Connect. Client libraries print them in front of, behind
// or instead of the description.
var oauthWords = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true,
	"unsupported_grant_type": true, "invalid_scope": true, "access_denied": true, "unsupported_response_type": true,
	"temporarily_unavailable": true, "invalid_token": true, "insufficient_scope": true, "unsupported_token_type": true,
	"invalid_redirect_uri": true, "invalid_client_metadata": true, "authorization_pending": true, "slow_down": true,
	"expired_token": true, "invalid_dpop_proof": true, "use_dpop_nonce": true, "interaction_required": true,
	"redirect_uri_mismatch": true,
}

// oauthWord returns the first OAuth error word that stands in text, or "".
func oauthWord(text string) string {
	for i := 0; i < len(text); {
		if !isNameByte(text[i]) {
			i++
			continue
		}
		end := i
		for end < len(text) && isNameByte(text[end]) {
			end++
		}
		if oauthWords[text[i:end]] {
			return text[i:end]
		}
		i = end
	}
	return ""
}
