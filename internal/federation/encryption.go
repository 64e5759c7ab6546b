package federation

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	_ "crypto/sha1" // digests of OAEP
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// nsEncryption is XML Encryption's.
const nsEncryption = "http://www.w3.org/2001/04/xmlenc#"

// undecryptable is all that is said of an encrypted assertion that can't be read: whoever learned whether a key, a padding or the
// document in it was wrong could decrypt what is another's, question by question.
const undecryptable = "The encrypted SAML assertion can't be read"

// The ciphers of assertions by the lengths of their keys in bytes. CBC proves nothing of who encrypted: what is in it is believed only for
// its signature, which is looked at afterwards as if it had come unencrypted.
var (
	cbcKeys = map[string]int{nsEncryption + "aes128-cbc": 16, nsEncryption + "aes192-cbc": 24, nsEncryption + "aes256-cbc": 32}
	gcmKeys = map[string]int{
		ns11 + "aes128-gcm": 16, ns11 + "aes192-gcm": 24, ns11 + "aes256-gcm": 32,
	}
)

// The ways in which the key of an assertion is encrypted: RSA-OAEP alone, as with PKCS #1 v1.5 the answers to guesses show the key.
const (
	oaepMGF1 = nsEncryption + "rsa-oaep-mgf1p"
	oaep11   = ns11 + "rsa-oaep"
)

var digests = map[string]crypto.Hash{
	"": crypto.SHA1, nsSignature + "sha1": crypto.SHA1, nsEncryption + "sha256": crypto.SHA256, nsEncryption + "sha512": crypto.SHA512,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
}

const ns11 = "http://www.w3.org/2009/xmlenc11#"

var masks = map[string]crypto.Hash{
	"": crypto.SHA1, ns11 + "mgf1sha1": crypto.SHA1, ns11 + "mgf1sha256": crypto.SHA256, ns11 + "mgf1sha384": crypto.SHA384, ns11 + "mgf1sha512": crypto.SHA512,
}

// decrypted is the one assertion of a response that is encrypted, put into its place: a signature in it may need the namespaces
// that are declared around it.
func decrypted(response *etree.Element, keys []*rsa.PrivateKey) (*etree.Element, error) {
	encrypted := child(response, nsAssertion, "EncryptedAssertion")
	if encrypted == nil || len(children(response, nsAssertion, "Assertion")) > 0 {
		return nil, errors.New("more than one assertion")
	}
	data := child(encrypted, nsEncryption, "EncryptedData")
	if data == nil {
		return nil, errors.New("no EncryptedData, or more than one")
	}
	plain, err := decrypt(encrypted, data, keys)
	if err != nil {
		return nil, err
	}
	root, err := parseXML(plain)
	if err != nil {
		return nil, err
	}
	if !is(root, nsAssertion, "Assertion") {
		return nil, errors.New("what is encrypted is no assertion")
	}
	response.RemoveChild(encrypted)
	response.AddChild(root)
	return root, nil
}

func decrypt(encrypted, data *etree.Element, keys []*rsa.PrivateKey) ([]byte, error) {
	text, err := cipherValue(data)
	if err != nil {
		return nil, err
	}
	// The key is in the data, or beside them (SAML 2.0 Core, section 2.3.4).
	wrapped := children(child(data, nsSignature, "KeyInfo"), nsEncryption, "EncryptedKey")
	wrapped = append(wrapped, children(encrypted, nsEncryption, "EncryptedKey")...)
	if len(wrapped) != 1 {
		return nil, fmt.Errorf("%d encrypted keys", len(wrapped))
	}
	method := algorithm(child(data, nsEncryption, "EncryptionMethod"))
	for _, key := range keys {
		var secret []byte
		if secret, err = unwrap(wrapped[0], key); err != nil {
			continue
		}
		var plain []byte
		if plain, err = openAssertion(method, secret, text); err == nil {
			return plain, nil
		}
	}
	return nil, err
}

func cipherValue(el *etree.Element) ([]byte, error) {
	value := child(child(el, nsEncryption, "CipherData"), nsEncryption, "CipherValue")
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text(value)), ""))
}

func algorithm(el *etree.Element) string {
	if el == nil {
		return ""
	}
	return el.SelectAttrValue("Algorithm", "")
}

func unwrap(el *etree.Element, key *rsa.PrivateKey) ([]byte, error) {
	method := child(el, nsEncryption, "EncryptionMethod")
	digest, known := digests[algorithm(child(method, nsSignature, "DigestMethod"))]
	mask, masked := masks[algorithm(child(method, ns11, "MGF"))]
	if name := algorithm(method); !known || !masked || name != oaepMGF1 && name != oaep11 {
		return nil, fmt.Errorf("key transport %q is not accepted", name)
	}
	wrapped, err := cipherValue(el)
	if err != nil {
		return nil, err
	}
	secret, err := key.Decrypt(nil, wrapped, &rsa.OAEPOptions{Hash: digest, MGFHash: mask})
	if err != nil { // some take the digest for the mask as well, where the name says otherwise
		secret, err = key.Decrypt(nil, wrapped, &rsa.OAEPOptions{Hash: digest, MGFHash: digest})
	}
	return secret, err
}

func openAssertion(method string, key, text []byte) ([]byte, error) {
	size, gcm := gcmKeys[method]
	if !gcm {
		size = cbcKeys[method]
	}
	if size == 0 || len(key) != size {
		return nil, fmt.Errorf("cipher %q with a key of %d bytes is not accepted", method, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if gcm {
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		return aead.Open(nil, nil, text, nil)
	}
	if len(text) < 2*aes.BlockSize || len(text)%aes.BlockSize != 0 {
		return nil, errors.New("no whole number of blocks")
	}
	plain := make([]byte, len(text)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, text[:aes.BlockSize]).CryptBlocks(plain, text[aes.BlockSize:])
	padding := int(plain[len(plain)-1]) // its other bytes may be anything (XML Encryption, section 5.2)
	if padding < 1 || padding > aes.BlockSize {
		return nil, errors.New("padding")
	}
	return plain[:len(plain)-padding], nil
}
