using static Millrace.Sql.Functions.Define;

namespace Millrace.Sql.Functions;

/// <summary>The table of the functions of texts. Lengths and places count code points, from 1.</summary>
internal static class TextFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Row("upper", "The text in upper case.", Takes(Text).Gives(Text, Casing.Upper)).As("ucase")
            .Example("upper('Größe')", "GRÖßE"),
        Row("lower", "The text in lower case.", Takes(Text).Gives(Text, Casing.Lower)).As("lcase")
            .Example("lower('ÄPFEL 12')", "äpfel 12"),
        Row("initcap", "The text with every word beginning in upper case and going on in lower case.", Takes(Text).Gives(Text, Casing.InitCap))
            .Example("initcap('hello wORLD')", "Hello World"),

        Row("length", "How many characters a text has, bytes a byte string, or elements an array.", Takes(Text).Gives(Int, Lengths.CodePoints), Takes(Bytes).Gives(Int, Lengths.Bytes), Takes(TypePattern.Array(Any)).Gives(Int, ArrayElements.Count)).As("len", "char_length", "character_length")
            .Example("length('häuser')", "6").Example("length('')", "0"),
        Row("octet_length", "How many bytes a text has as UTF-8, or a byte string.", Takes(Text).Gives(Int, Lengths.Bytes), Takes(Bytes).Gives(Int, Lengths.Bytes)).As("byte_length")
            .Example("octet_length('häuser')", "7"),
        Row("bit_length", "How many bits a text has as UTF-8, or a byte string.", Takes(Text).Gives(BigInt, Lengths.BitCount), Takes(Bytes).Gives(BigInt, Lengths.BitCount))
            .Example("bit_length('abc')", "24"),

        Row("substring", "The part of a text from a place on, of a length if one is given; or the part that matches a regular expression (its first group, if it has one).", Takes(Text, BigInt, BigInt).Optional(1).Gives(Text, Substrings.Substring), Takes(Text, Text).Prepares(Text, RegexExtracting.Substring)).As("substr")
            .Example("substring('database', 5, 2)", "ba").Example("substring('database', 5)", "base").Example("substring('foobar', 'o(.)b')", "o"),
        Row("left", "The first characters of a text; with a negative number all but the last ones.", Takes(Text, BigInt).Gives(Text, Substrings.Left))
            .Example("left('abcde', 2)", "ab").Example("left('abcde', -2)", "abc"),
        Row("right", "The last characters of a text; with a negative number all but the first ones.", Takes(Text, BigInt).Gives(Text, Substrings.Right))
            .Example("right('abcde', 2)", "de").Example("right('abcde', -2)", "cde"),
        Row("overlay", "The text with a part replaced: overlay(text, new, start, length); the length is that of the new part, unless given.", Takes(Text, Text, BigInt, BigInt).Optional(1).Gives(Text, Substrings.Overlay))
            .Example("overlay('Txxxxas', 'hom', 2, 4)", "Thomas"),
        Row("split_part", "A part of a text between separators, by its number from 1; negative numbers count from the end.", Takes(Text, Text, BigInt).Gives(Text, Substrings.SplitPart))
            .Example("split_part('a,b,c', ',', 2)", "b").Example("split_part('a,b,c', ',', -1)", "c"),

        Row("trim", "The text without spaces, or other characters, at both ends.", Takes(Text, Text).Optional(1).Gives(Text, Trimming.Both)).As("btrim")
            .Example("trim('  a b ')", "a b").Example("trim('xyaxby', 'xy')", "axb"),
        Row("ltrim", "The text without spaces, or other characters, at its start.", Takes(Text, Text).Optional(1).Gives(Text, Trimming.Start))
            .Example("ltrim('zzzytest', 'xyz')", "test"),
        Row("rtrim", "The text without spaces, or other characters, at its end.", Takes(Text, Text).Optional(1).Gives(Text, Trimming.End))
            .Example("rtrim('testxxzx', 'xyz')", "test"),

        Row("strpos", "Where a part begins in a text, strpos(text, part) or position(part IN text); 0 if it is not there.", Takes(Text, Text).Gives(Int, Searching.Position)).As("position", "instr")
            .Example("strpos('high', 'ig')", "2").Example("position('om' IN 'Thomas')", "3"),
        Row("starts_with", "Whether a text begins with another.", Takes(Text, Text).Gives(Bool, Searching.StartsWith)).As("prefix")
            .Example("starts_with('alphabet', 'alph')", "true"),
        Row("ends_with", "Whether a text ends with another.", Takes(Text, Text).Gives(Bool, Searching.EndsWith)).As("suffix")
            .Example("ends_with('alphabet', 'bet')", "true"),
        Row("contains", "Whether a text has another in it, or an array an element.", Takes(Text, Text).Gives(Bool, Searching.Contains), Takes(TypePattern.Array(TypePattern.Variable("T")), TypePattern.Variable("T")).Gives(Bool, ArrayElements.Contains))
            .Example("contains('alphabet', 'hab')", "true"),

        Row("like", "Whether a text matches a pattern of % (any text) and _ (any character); the third argument is the escape character.", Takes(Text, Text, Text).Optional(1).Prepares(Bool, Likes.Like))
            .Example("'alphabet' LIKE 'al%b_t'", "true").Example("'10%' LIKE '10!%' ESCAPE '!'", "true"),
        Row("ilike", "As like, in upper or lower case.", Takes(Text, Text, Text).Optional(1).Prepares(Bool, Likes.ILike))
            .Example("'Ärger' ILIKE 'ä%'", "true"),
        Row("similar", "SIMILAR TO: whether a whole text matches a pattern of % and _ with | * + ? {m,n} ( ) [ ]; the third argument is the escape character.", Takes(Text, Text, Text).Optional(1).Prepares(Bool, RegexMatching.Similar))
            .Example("'abc' SIMILAR TO '(b|a)%'", "true").Example("'abc' SIMILAR TO 'b'", "false"),
        Row("~", "Whether some part of a text matches a regular expression.", Takes(Text, Text).Prepares(Bool, RegexMatching.IsMatch()))
            .Example("'thomas' ~ 't.*ma'", "true"),
        Row("~*", "Whether some part of a text matches a regular expression in upper or lower case.", Takes(Text, Text).Prepares(Bool, RegexMatching.IsMatch(flags: "i")))
            .Example("'thomas' ~* 'T.*ma'", "true"),
        Row("!~", "Whether no part of a text matches a regular expression.", Takes(Text, Text).Prepares(Bool, RegexMatching.IsMatch(negated: true)))
            .Example("'thomas' !~ 't.*max'", "true"),
        Row("!~*", "Whether no part of a text matches a regular expression in upper or lower case.", Takes(Text, Text).Prepares(Bool, RegexMatching.IsMatch(negated: true, flags: "i")))
            .Example("'thomas' !~* 'T.*ma'", "false"),
        Row("regexp_like", "Whether some part of a text matches a regular expression; flags: i ignores case, n lets ^ and $ match at lines, x ignores spaces in the pattern.", Takes(Text, Text, Text).Optional(1).Prepares(Bool, RegexMatching.IsMatch())).As("regexp", "rlike")
            .Example("regexp_like('Hello', '^h.*o$', 'i')", "true"),
        Row("regexp_count", "How often a regular expression matches.", Takes(Text, Text, Text).Optional(1).Prepares(Int, RegexMatching.Count))
            .Example("regexp_count('a1b22c333', '[0-9]+')", "3"),
        Row("regexp_instr", "Where a regular expression first matches; 0 if nowhere.", Takes(Text, Text, Text).Optional(1).Prepares(Int, RegexMatching.Position))
            .Example("regexp_instr('abc123', '[0-9]')", "4"),
        Row("regexp_replace", "The text with the first match replaced, or all with the flag g; \\1 to \\9 in the replacement are groups, \\& is the match.", Takes(Text, Text, Text, Text).Optional(1).Prepares(Text, RegexReplacing.Replace))
            .Example("regexp_replace('foobarbaz', 'b(..)', 'X\\1Y', 'g')", "fooXarYXazY"),
        Row("regexp_extract", "The first match, or a group of it; null without one.", Takes(Text, Text, BigInt, Text).Optional(2).Prepares(Text, RegexExtracting.Extract)).As("regexp_substr")
            .Example("regexp_extract('2024-05-17', '(\\d+)-(\\d+)', 2)", "05"),
        Row("regexp_extract_all", "Every match, or a group of every match.", Takes(Text, Text, BigInt, Text).Optional(2).Prepares(TextArray, RegexExtracting.ExtractAll))
            .Example("regexp_extract_all('a1b22', '[0-9]+')", "[\"1\",\"22\"]"),
        Row("regexp_match", "The groups of the first match, or the match if the pattern has no groups; null without one.", Takes(Text, Text, Text).Optional(1).Prepares(TextArray, RegexExtracting.Groups))
            .Example("regexp_match('foobarbequebaz', '(bar)(beque)')", "[\"bar\",\"beque\"]"),
        Row("regexp_matches", "The groups of every match, an array each.", Takes(Text, Text, Text).Optional(1).Prepares(TypePattern.Array(TextArray), RegexExtracting.AllGroups))
            .Example("regexp_matches('a1b2', '([a-z])([0-9])')", "[[\"a\",\"1\"],[\"b\",\"2\"]]"),
        Row("regexp_split_to_array", "The parts of a text between matches.", Takes(Text, Text, Text).Optional(1).Prepares(TextArray, RegexExtracting.Split)).As("regexp_split")
            .Example("regexp_split_to_array('hello  big world', '\\s+')", "[\"hello\",\"big\",\"world\"]"),

        Row("replace", "The text with every occurrence of a part replaced.", Takes(Text, Text, Text).Gives(Text, Replacing.Replace))
            .Example("replace('abcdefabcdef', 'cd', 'XX')", "abXXefabXXef"),
        Row("translate", "The text with characters of the second argument exchanged for those of the third in the same places; without one there they go.", Takes(Text, Text, Text).Gives(Text, Replacing.Translate))
            .Example("translate('12345', '143', 'ax')", "a2x5"),
        Row("reverse", "The text from its end to its start.", Takes(Text).Gives(Text, Padding.Reverse))
            .Example("reverse('añb')", "bña"),
        Row("repeat", "The text so many times.", Takes(Text, BigInt).Gives(Text, Padding.Repeat))
            .Example("repeat('Pg', 4)", "PgPgPgPg"),
        Row("lpad", "The text brought to a length: filled at its start with spaces or another text, or cut at its end.", Takes(Text, BigInt, Text).Optional(1).Gives(Text, Padding.PadLeft))
            .Example("lpad('hi', 5, 'xy')", "xyxhi").Example("lpad('hello', 2)", "he"),
        Row("rpad", "The text brought to a length: filled at its end with spaces or another text, or cut.", Takes(Text, BigInt, Text).Optional(1).Gives(Text, Padding.PadRight))
            .Example("rpad('hi', 5, 'xy')", "hixyx"),

        Row("concat", "All arguments as one text; nulls are left out.", Takes(Any).Variadic().SeesNulls().Gives(Text, Concatenation.Concat))
            .Example("concat('a', NULL, 1)", "a1"),
        Row("concat_ws", "The arguments as one text with the first one between them; nulls are left out.", Takes(Text, Any).Variadic().SeesNulls().Gives(Text, Concatenation.ConcatWithSeparator))
            .Example("concat_ws(',', 'a', NULL, 'b')", "a,b"),
        Row("join", "The elements of an array as one text with another between them; nulls are left out, or stand as the third argument.", Takes(TypePattern.Array(Any), Text, Text).Optional(1).Gives(Text, Concatenation.JoinArray)).As("array_to_string", "array_join")
            .Example("join(ARRAY['a', NULL, 'b'], '-')", "a-b").Example("join(ARRAY[1, NULL, 3], ',', '*')", "1,*,3"),
        Row("split", "The parts of a text between separators; an empty separator splits into characters.", Takes(Text, Text).Gives(TextArray, Splitting.Split)).As("string_split", "str_split")
            .Example("split('a,b,,c', ',')", "[\"a\",\"b\",\"\",\"c\"]"),
        Row("string_to_array", "The parts of a text between separators; a null separator splits into characters, an empty one does not split; parts that are the third argument become null.", Takes(Text, Text, Text).Optional(1).SeesNulls().Gives(TextArray, Splitting.StringToArray))
            .Example("string_to_array('xx~~yy~~zz', '~~', 'yy')", "[\"xx\",null,\"zz\"]"),

        Row("ascii", "The number of the first character; 0 of an empty text.", Takes(Text).Gives(Int, Characters.CodePoint)).As("unicode", "ord")
            .Example("ascii('x')", "120"),
        Row("chr", "The character of a number.", Takes(BigInt).Gives(Text, Characters.Character))
            .Example("chr(8364)", "€"),
        Row("to_hex", "A number in hexadecimal digits.", Takes(Int).Gives(Text, Characters.Digits<int>(4)), Takes(BigInt).Gives(Text, Characters.Digits<long>(4)))
            .Example("to_hex(2147483647)", "7fffffff").Example("to_hex(-1)", "ffffffff"),
        Row("to_oct", "A number in octal digits.", Takes(Int).Gives(Text, Characters.Digits<int>(3)), Takes(BigInt).Gives(Text, Characters.Digits<long>(3)))
            .Example("to_oct(8)", "10"),
        Row("to_bin", "A number in binary digits.", Takes(Int).Gives(Text, Characters.Digits<int>(1)), Takes(BigInt).Gives(Text, Characters.Digits<long>(1)))
            .Example("to_bin(10)", "1010"),

        Row("md5", "The MD5 digest in hexadecimal digits.", Takes(Text).Gives(Text, Digests.Md5), Takes(Bytes).Gives(Text, Digests.Md5))
            .Example("md5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
        Row("sha1", "The SHA-1 digest.", Takes(Text).Gives(Bytes, Digests.Sha1), Takes(Bytes).Gives(Bytes, Digests.Sha1))
            .Example("encode(sha1('abc'), 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        Row("sha256", "The SHA-256 digest.", Takes(Text).Gives(Bytes, Digests.Sha256), Takes(Bytes).Gives(Bytes, Digests.Sha256))
            .Example("encode(sha256('abc'), 'hex')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Row("sha384", "The SHA-384 digest.", Takes(Text).Gives(Bytes, Digests.Sha384), Takes(Bytes).Gives(Bytes, Digests.Sha384))
            .Example("length(sha384('abc'))", "48"),
        Row("sha512", "The SHA-512 digest.", Takes(Text).Gives(Bytes, Digests.Sha512), Takes(Bytes).Gives(Bytes, Digests.Sha512))
            .Example("length(sha512('abc'))", "64"),
        Row("encode", "Bytes, or the UTF-8 of a text, as base64 (without line breaks), hex or escape.", Takes(Text, Text).Gives(Text, Encodings.Encode), Takes(Bytes, Text).Gives(Text, Encodings.Encode))
            .Example("encode('abc', 'base64')", "YWJj"),
        Row("decode", "The bytes of a text in base64, hex or escape.", Takes(Text, Text).Gives(Bytes, Encodings.Decode))
            .Example("decode('616263', 'hex')", "\\x616263"),
        Row("to_base64", "Bytes, or the UTF-8 of a text, as base64.", Takes(Text).Gives(Text, Encodings.ToBase64), Takes(Bytes).Gives(Text, Encodings.ToBase64)).As("base64")
            .Example("to_base64('hello')", "aGVsbG8="),
        Row("from_base64", "The bytes of a text in base64.", Takes(Text).Gives(Bytes, Encodings.Decode))
            .Example("from_base64('aGVsbG8=')", "\\x68656c6c6f"),
        Row("url_encode", "A text as it stands in a URL.", Takes(Text).Gives(Text, Encodings.UrlEncode))
            .Example("url_encode('a b&ü')", "a%20b%26%C3%BC"),
        Row("url_decode", "The text that stands in a URL.", Takes(Text).Gives(Text, Encodings.UrlDecode))
            .Example("url_decode('a+b%26%C3%BC')", "a b&ü"),
        Row("format", "A text with values in it: %s a value, %I a name, %L a literal, %% a percent sign; %2$s takes the second value, %-10s pads.", Takes(Text, Any).Variadic().SeesNulls().Gives(Text, Formatting.Format))
            .Example("format('Hello %s, %1$s', 'World')", "Hello World, World").Example("format('|%5s|%-5s|', 'a', 'b')", "|    a|b    |").Example("format('%I = %L', 'My col', 'it''s')", "\"My col\" = 'it''s'"),
        Row("quote_literal", "A text as a literal in SQL.", Takes(Text).Gives(Text, Quoting.Literal))
            .Example("quote_literal('O''Reilly')", "'O''Reilly'"),
        Row("quote_ident", "A text as a name in SQL, quoted where that is needed.", Takes(Text).Gives(Text, Quoting.Identifier))
            .Example("quote_ident('Foo bar')", "\"Foo bar\""),
    ];

    private static ScalarFunction Row(string name, string doc, params ScalarOverload[] overloads) => Function(FunctionCategory.Text, name, doc, overloads);
}
