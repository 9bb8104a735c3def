using System.Text.RegularExpressions;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions.Text;

public sealed class PlainPatternsTests
{
    [Theory]
    [InlineData("(&|^)channel_id=([^&]*)", true)]
    [InlineData("abc", true)]
    [InlineData("a?b?\\.c+", true)]
    [InlineData("(?:ab|c)\\z", true)]
    [InlineData("[]a]x", true)]
    [InlineData("a*b", false)]
    [InlineData("a+\\z", false)]
    [InlineData("(a|b)*", false)]
    [InlineData("(a*)*", false)]
    [InlineData("(a?){30}", false)]
    [InlineData("a*?", false)]
    [InlineData("a?b?c?d?e?f", false)]
    [InlineData("(a|b)(a|b)(a|b)(a|b)(a|b)", false)]
    [InlineData("(?i)a", false)]
    [InlineData("\\p{L}", false)]
    [InlineData("[a-z-[b]]", false)]
    [InlineData("[a", false)]
    [InlineData("a\\", false)]
    public void Only_what_repeats_nothing_but_its_end_is_plain(string pattern, bool plain) => Assert.Equal(plain, PlainPatterns.Fit(pattern));

    [Fact]
    public void Plain_patterns_match_the_same_in_both_engines()
    {
        string[] pieces = ["a", "b", "[ab]", "[^a]", ".", "a?", "b?", "(a)", "(b|a)", "(?:a|bb)", "\\w", "^", "\\z", "(a|)"];
        string[] ends = ["", "a*", "[ab]+", "(b*)", "(.+)"];
        var random = new Random(8);
        int plain = 0;
        for (int i = 0; i < 400; i++)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => pieces[random.Next(pieces.Length)])) + ends[random.Next(ends.Length)];
            if (!PlainPatterns.Fit(pattern))
            {
                continue;
            }

            plain++;
            var one = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Singleline);
            var other = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);
            for (int t = 0; t < 20; t++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "abc"[random.Next(3)]));
                Assert.Equal(Describe(other.Match(text)), Describe(one.Match(text)));
                Assert.Equal(other.Count(text), one.Count(text));
            }
        }

        Assert.True(plain > 200, $"Only {plain} patterns were plain.");
    }

    private static string Describe(Match match) => string.Join('|', match.Groups.Cast<Group>().Select(g => g.Success ? $"{g.Index}:{g.Value}" : "-"));
}
