using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Tests.Functions.Text;

public sealed class TextFunctionTests
{
    [Theory]
    [InlineData("upper", "straße ÿ", "STRAßE Ÿ")]
    [InlineData("upper", "", "")]
    [InlineData("upper", "ɐ", "Ɐ")]
    [InlineData("lower", "ÀÉ ABC Σ", "àé abc σ")]
    [InlineData("initcap", "élan VITAL o'brien 2nd", "Élan Vital O'Brien 2nd")]
    [InlineData("reverse", "añb😀", "😀bña")]
    [InlineData("reverse", "", "")]
    [InlineData("quote_ident", "abc_1", "abc_1")]
    [InlineData("quote_ident", "1abc", "\"1abc\"")]
    [InlineData("quote_ident", "a\"b", "\"a\"\"b\"")]
    [InlineData("quote_ident", "", "\"\"")]
    [InlineData("quote_literal", "it's", "'it''s'")]
    [InlineData("md5", "", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("url_encode", "é~-_.", "%C3%A9~-_.")]
    [InlineData("url_decode", "%41+%2B", "A +")]
    public void Texts_are_changed_as_documented(string function, string text, string expected) => Assert.Equal(expected, Call.Eval(function, text));

    [Theory]
    [InlineData("length", "", "0")]
    [InlineData("length", "jose", "4")]
    [InlineData("length", "añ😀", "3")]
    [InlineData("length", "ääääääääääääääääääääääääääääääääääääääää", "40")]
    [InlineData("length", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdefé", "65")]
    [InlineData("octet_length", "añ😀", "7")]
    [InlineData("bit_length", "jose", "32")]
    [InlineData("ascii", "é", "233")]
    [InlineData("ascii", "", "0")]
    public void Texts_are_measured(string function, string text, string expected) => Assert.Equal(expected, Call.Eval(function, text));

    [Theory]
    [InlineData("Thomas", 2, "homas")]
    [InlineData("Thomas", -3, "Thomas")]
    [InlineData("Thomas", 7, "")]
    [InlineData("", 1, "")]
    [InlineData("日本語", 2, "本語")]
    public void Substring_goes_to_the_end(string text, long start, string expected) => Assert.Equal(expected, Call.Eval("substring", text, start));

    [Theory]
    [InlineData("Thomas", 2, 3, "hom")]
    [InlineData("hello", -1, 3, "h")]
    [InlineData("hello", 0, 2, "h")]
    [InlineData("hello", 5, 0, "")]
    [InlineData("hello", -10, 3, "")]
    [InlineData("日本語", 2, 1, "本")]
    [InlineData("hello", 2, long.MaxValue, "ello")]
    [InlineData("hello", long.MaxValue, long.MaxValue, "")]
    public void Substring_takes_a_length(string text, long start, long count, string expected) => Assert.Equal(expected, Call.Eval("substring", text, start, count));

    [Fact]
    public void Substring_of_negative_length_is_a_fault()
        => Assert.Equal("MR5230 substring: the length is -1; it must not be negative.", Call.Fault("substring", "abc", 1, -1));

    [Theory]
    [InlineData("left", "añb", 2, "añ")]
    [InlineData("left", "abc", -1, "ab")]
    [InlineData("left", "abc", -5, "")]
    [InlineData("left", "abc", 0, "")]
    [InlineData("left", "abc", long.MinValue, "")]
    [InlineData("right", "añb", 2, "ñb")]
    [InlineData("right", "abc", -1, "bc")]
    [InlineData("right", "abc", -5, "")]
    [InlineData("right", "abc", 10, "abc")]
    [InlineData("repeat", "ab", 3, "ababab")]
    [InlineData("repeat", "ab", 0, "")]
    [InlineData("repeat", "ab", -1, "")]
    [InlineData("repeat", "", long.MaxValue, "")]
    [InlineData("lpad", "é", 3, "  é")]
    [InlineData("rpad", "é", 3, "é  ")]
    public void Counts_are_of_characters(string function, string text, long count, string expected) => Assert.Equal(expected, Call.Eval(function, text, count));

    [Theory]
    [InlineData("lpad", "hi", 7, "xÿ", "xÿxÿxhi")]
    [InlineData("rpad", "hi", 7, "xÿ", "hixÿxÿx")]
    [InlineData("lpad", "hi", 7, "", "hi")]
    [InlineData("lpad", "hello", 2, "x", "he")]
    [InlineData("rpad", "hello", -2, "x", "")]
    public void Padding_repeats_its_text(string function, string text, long length, string fill, string expected) => Assert.Equal(expected, Call.Eval(function, text, length, fill));

    [Theory]
    [InlineData("repeat", "ab", long.MaxValue)]
    [InlineData("repeat", "ab", 600_000L)]
    [InlineData("lpad", "ab", long.MaxValue)]
    [InlineData("rpad", "é", 5_000_000L)]
    public void Results_have_a_limit(string function, string text, long count) => Assert.StartsWith("MR5231", Call.Fault(function, text, count), StringComparison.Ordinal);

    [Fact]
    public void Replacing_has_a_limit()
        => Assert.StartsWith("MR5231", Call.Fault("replace", new string('a', 2000), "a", new string('b', 2000)), StringComparison.Ordinal);

    [Theory]
    [InlineData("a~b~~c", "~", 1, "a")]
    [InlineData("a~b~~c", "~", 3, "")]
    [InlineData("a~b~~c", "~", 4, "c")]
    [InlineData("a~b~~c", "~", 5, "")]
    [InlineData("a~b~~c", "~", -1, "c")]
    [InlineData("a~b~~c", "~", -4, "a")]
    [InlineData("a~b~~c", "~", -5, "")]
    [InlineData("aaa", "aa", -1, "a")]
    [InlineData("abc", "", 1, "abc")]
    [InlineData("abc", "", 2, "")]
    [InlineData("aéb", "é", 2, "b")]
    [InlineData("abc", "x", long.MinValue, "")]
    public void Parts_are_counted_from_both_ends(string text, string separator, long number, string expected) => Assert.Equal(expected, Call.Eval("split_part", text, separator, number));

    [Fact]
    public void Part_zero_is_a_fault() => Assert.StartsWith("MR5230", Call.Fault("split_part", "a", ",", 0), StringComparison.Ordinal);

    [Theory]
    [InlineData("trim", "yxTomxx", "xyz", "Tom")]
    [InlineData("trim", "  ", " ", "")]
    [InlineData("trim", "éaé", "é", "a")]
    [InlineData("ltrim", "ééaé", "xé", "aé")]
    [InlineData("rtrim", "éaéé", "xé", "éa")]
    [InlineData("trim", "abc", "", "abc")]
    [InlineData("trim", "è", "é", "è")]
    public void Trimming_takes_a_set_of_characters(string function, string text, string set, string expected) => Assert.Equal(expected, Call.Eval(function, text, set));

    [Fact]
    public void Trimming_takes_spaces_only_by_default() => Assert.Equal("\ta", Call.Eval("trim", " \ta "));

    [Theory]
    [InlineData("strpos", "añb", "b", "3")]
    [InlineData("strpos", "abc", "", "1")]
    [InlineData("strpos", "", "a", "0")]
    [InlineData("position", "añb", "b", "3")]
    [InlineData("starts_with", "abc", "", "true")]
    [InlineData("starts_with", "ab", "abc", "false")]
    [InlineData("ends_with", "añb", "ñb", "true")]
    [InlineData("contains", "abc", "bd", "false")]
    [InlineData("contains", "abc", "", "true")]
    public void Texts_are_found_in_texts(string function, string text, string part, string expected) => Assert.Equal(expected, Call.Eval(function, text, part));

    [Theory]
    [InlineData("replace", "aaa", "a", "bb", "bbbbbb")]
    [InlineData("replace", "abc", "", "x", "abc")]
    [InlineData("replace", "añña", "ññ", "", "aa")]
    [InlineData("translate", "12345", "143", "ax", "a2x5")]
    [InlineData("translate", "añb", "ñ", "n", "anb")]
    [InlineData("translate", "aab", "aa", "xy", "xxb")]
    [InlineData("translate", "abc", "", "x", "abc")]
    public void Parts_are_exchanged(string function, string text, string from, string to, string expected) => Assert.Equal(expected, Call.Eval(function, text, from, to));

    [Theory]
    [InlineData("Txxxxas", "hom", 2, 4, "Thomas")]
    [InlineData("abc", "X", 10, 2, "abcX")]
    [InlineData("日本語", "é", 2, 1, "日é語")]
    [InlineData("abcdef", "", 2, 0, "abcdef")]
    public void Overlay_replaces_a_place(string text, string replacement, long start, long count, string expected) => Assert.Equal(expected, Call.Eval("overlay", text, replacement, start, count));

    [Fact]
    public void Characters_have_numbers()
    {
        Assert.Equal("😀", Call.Eval("chr", 0x1F600));
        Assert.StartsWith("MR5230", Call.Fault("chr", 0), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("chr", 0xD800), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("chr", 0x110000), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("chr", long.MinValue), StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_numbers_are_written_as_twos_complement()
    {
        Assert.Equal("ffffffff", Call.Eval("to_hex", -1));
        Assert.Equal("ffffffffffffffff", Call.Eval("to_hex", -1L));
        Assert.Equal("0", Call.Eval("to_bin", 0L));
        Assert.Equal("777", Call.Eval("to_oct", 511));
    }

    [Fact]
    public void Concat_leaves_nulls_out()
    {
        var noText = new Typed(DataType.Utf8, null);
        Assert.Equal("a1", Call.Eval("concat", "a", noText, 1));
        Assert.Equal("", Call.Eval("concat", noText));
        Assert.Equal("a,1,true", Call.Eval("concat_ws", ",", "a", noText, 1, true));
        Assert.Equal("NULL", Call.Eval("concat_ws", noText, "a", "b"));
        Assert.Equal("", Call.Eval("concat_ws", ","));
    }

    [Fact]
    public void Arrays_are_joined()
    {
        Assert.Equal("1-3", Call.Eval("array_to_string", new object?[] { 1, null, 3 }, "-"));
        Assert.Equal("1-*-3", Call.Eval("array_to_string", new object?[] { 1, null, 3 }, "-", "*"));
        Assert.Equal("", Call.Eval("join", new Typed(DataType.List(DataType.Utf8), Array.Empty<object>()), "-"));
    }

    [Fact]
    public void Texts_are_split()
    {
        Assert.Equal("""["a","","b",""]""", Call.Eval("split", "a,,b,", ","));
        Assert.Equal("""["é","x"]""", Call.Eval("split", "éx", ""));
        Assert.Equal("""[""]""", Call.Eval("split", "", ","));
        Assert.Equal("""[]""", Call.Eval("string_to_array", "", ","));
        Assert.Equal("""["a,b"]""", Call.Eval("string_to_array", "a,b", ""));
        Assert.Equal("""["é","x"]""", Call.Eval("string_to_array", "éx", new Typed(DataType.Utf8, null)));
        Assert.Equal("NULL", Call.Eval("string_to_array", new Typed(DataType.Utf8, null), ","));
    }

    [Theory]
    [InlineData("hex", "00ff41", "00ff41")]
    [InlineData("BASE64", "00ff41", "AP9B")]
    [InlineData("escape", "00ff415c", "\\000\\377A\\\\")]
    public void Bytes_are_encoded_and_decoded(string format, string bytes, string expected)
    {
        byte[] value = Convert.FromHexString(bytes);
        Assert.Equal(expected, Call.Eval("encode", value, format));
        Assert.Equal("\\x" + bytes, Call.Eval("decode", expected, format));
    }

    [Theory]
    [InlineData("abc", "hex")]
    [InlineData("zz", "hex")]
    [InlineData("a*==", "base64")]
    [InlineData("\\9", "escape")]
    [InlineData("\\", "escape")]
    public void What_cannot_be_decoded_is_a_fault(string text, string format) => Assert.StartsWith("MR5234", Call.Fault("decode", text, format), StringComparison.Ordinal);

    [Fact]
    public void Unknown_encodings_and_bad_urls_are_faults()
    {
        Assert.StartsWith("MR5230", Call.Fault("decode", "abc", "rot13"), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("encode", "abc", "rot13"), StringComparison.Ordinal);
        Assert.StartsWith("MR5234", Call.Fault("url_decode", "%4"), StringComparison.Ordinal);
        Assert.StartsWith("MR5234", Call.Fault("url_decode", "%ff"), StringComparison.Ordinal);
    }

    [Fact]
    public void Digests_are_those_of_the_standards()
    {
        Assert.Equal("\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Call.Eval("sha256", ""));
        Assert.Equal("\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Call.Eval("sha256", Array.Empty<byte>()));
        Assert.Equal("\\xda39a3ee5e6b4b0d3255bfef95601890afd80709", Call.Eval("sha1", ""));
        Assert.Equal("900150983cd24fb0d6963f7d28e17f72", Call.Eval("md5", Encoding.UTF8.GetBytes("abc")));
    }

    [Theory]
    [InlineData("Hello %s, %1$s", "Hello World, World")]
    [InlineData("|%10s|", "|     World|")]
    [InlineData("|%-10s|", "|World     |")]
    [InlineData("100%% %s", "100% World")]
    [InlineData("%3$s %2$s %1$s", "foo 12 World")]
    [InlineData("|%*2$s|", "|         foo|")]
    [InlineData("%L", "'World'")]
    [InlineData("%I", "\"World\"")]
    [InlineData("none", "none")]
    public void Format_puts_values_in(string format, string expected) => Assert.Equal(expected, Call.Eval("format", format, "World", 12, "foo"));

    [Theory]
    [InlineData("%s %s %s %s", "there is no value number 4")]
    [InlineData("%", "ends within")]
    [InlineData("%d", "%d is not known")]
    [InlineData("%0$s", "numbered from 1")]
    [InlineData("%*s", "not a width")]
    [InlineData("%*2$", "ends within")]
    public void Bad_formats_are_faults(string format, string problem) => Assert.Contains(problem, Call.Fault("format", format, "World", 12, "foo"), StringComparison.Ordinal);

    [Fact]
    public void Format_knows_nulls_and_limits()
    {
        var noText = new Typed(DataType.Utf8, null);
        Assert.Equal("[] NULL", Call.Eval("format", "[%s] %L", noText, noText));
        Assert.Contains("null cannot be a name", Call.Fault("format", "%I", noText), StringComparison.Ordinal);
        Assert.Equal("NULL", Call.Eval("format", noText, "a"));
        Assert.StartsWith("MR5231", Call.Fault("format", "%999999999s", "a"), StringComparison.Ordinal);
    }
}
