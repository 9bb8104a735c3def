namespace Millrace.Sql.Tests.Functions.Text;

public sealed class LikeTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "a%", true)]
    [InlineData("abc", "_b_", true)]
    [InlineData("abc", "c", false)]
    [InlineData("abc", "%b%", true)]
    [InlineData("abc", "%", true)]
    [InlineData("", "%", true)]
    [InlineData("", "", true)]
    [InlineData("", "_", false)]
    [InlineData("a", "", false)]
    [InlineData("añb", "a_b", true)]
    [InlineData("a😀b", "a_b", true)]
    [InlineData("añb", "a__b", false)]
    [InlineData("aXbXc", "a%b%c", true)]
    [InlineData("abab", "%ab", true)]
    [InlineData("aba", "ab%ba", false)]
    [InlineData("abba", "ab%ba", true)]
    [InlineData("a%b", "a\\%b", true)]
    [InlineData("axb", "a\\%b", false)]
    [InlineData("a_b", "a\\_b", true)]
    [InlineData("a\\b", "a\\\\b", true)]
    [InlineData("mississippi", "%iss%ip_i", true)]
    [InlineData("mississippi", "%iss%ip_x", false)]
    [InlineData("aaab", "%_a_b", true)]
    [InlineData("ñañ", "%_ñ", true)]
    [InlineData("ab", "%__%", true)]
    [InlineData("a", "%__%", false)]
    [InlineData("ABC", "abc", false)]
    public void Percent_is_any_text_and_underscore_any_character(string text, string pattern, bool expected)
        => Assert.Equal(expected ? "true" : "false", Call.Eval("like", text, pattern));

    [Theory]
    [InlineData("ABC", "a%", true)]
    [InlineData("ÄRGER", "ä_ger", true)]
    [InlineData("Straße", "STRASSE", false)]
    [InlineData("x", "Y", false)]
    public void Ilike_ignores_case(string text, string pattern, bool expected)
        => Assert.Equal(expected ? "true" : "false", Call.Eval("ilike", text, pattern));

    [Fact]
    public void The_escape_character_can_be_chosen_or_left_out()
    {
        Assert.Equal("true", Call.Eval("like", "10%", "10é%", "é"));
        Assert.Equal("false", Call.Eval("like", "100", "10é%", "é"));
        Assert.Equal("true", Call.Eval("like", "a\\bc", "a\\%", ""));
        Assert.StartsWith("MR5232", Call.Fault("like", "a", "a\\"), StringComparison.Ordinal);
        Assert.StartsWith("MR5232", Call.Fault("like", "a", "a", "xy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "a", false)]
    [InlineData("abc", "%(b|d)%", true)]
    [InlineData("abc", "(b|c)%", false)]
    [InlineData("a.c", "a.c", true)]
    [InlineData("abc", "a.c", false)]
    [InlineData("aab", "a{2}b", true)]
    [InlineData("a^$", "a^$", true)]
    [InlineData("b", "[a-c]", true)]
    [InlineData("a\nb", "a_b", true)]
    [InlineData("a|b", "a\\|b", true)]
    public void Similar_to_matches_whole_texts(string text, string pattern, bool expected)
        => Assert.Equal(expected ? "true" : "false", Call.Eval("similar", text, pattern));

    [Fact]
    public void Like_agrees_with_a_plain_recursive_matcher()
    {
        var random = new Random(20241121);
        for (int round = 0; round < 3000; round++)
        {
            string text = Draw(random, "ab\u00e9", 8);
            string pattern = Draw(random, "ab\u00e9%_", 6);
            Assert.Equal(Reference(text, pattern) ? "true" : "false", One(text, pattern));
        }
    }

    private static string One(string text, string pattern)
    {
        var matcher = new Millrace.Sql.Functions.LikePattern();
        Assert.True(matcher.TryPrepare(System.Text.Encoding.UTF8.GetBytes(pattern), "\\"u8));
        return matcher.Matches(System.Text.Encoding.UTF8.GetBytes(text)) ? "true" : "false";
    }

    private static string Draw(Random random, string letters, int most)
        => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => letters[random.Next(letters.Length)]));

    private static bool Reference(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0] == '%')
        {
            return Reference(text, pattern[1..]) || (text.Length > 0 && Reference(text[1..], pattern));
        }

        return text.Length > 0 && (pattern[0] == '_' || pattern[0] == text[0]) && Reference(text[1..], pattern[1..]);
    }
}
