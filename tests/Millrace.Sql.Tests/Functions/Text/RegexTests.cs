using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Functions.Text;

public sealed class RegexTests
{
    [Theory]
    [InlineData("thomas", "t.*ma", true)]
    [InlineData("thomas", "^homas", false)]
    [InlineData("a\nb", "a.b", true)]
    [InlineData("ab\n", "ab$", false)]
    [InlineData("ab", "^ab$", true)]
    [InlineData("é1", "^[[:alpha:]][[:digit:]]$", true)]
    [InlineData("a-b", "[a-z[]-", true)]
    [InlineData("word", "\\yword\\y", true)]
    [InlineData("a{b", "a{b", true)]
    [InlineData("", "", true)]
    [InlineData("abc", "(?P<x>b)c", true)]
    public void Regular_expressions_match_as_in_postgresql(string text, string pattern, bool expected)
    {
        Assert.Equal(expected ? "true" : "false", Call.Eval("~", text, pattern));
        Assert.Equal(expected ? "false" : "true", Call.Eval("!~", text, pattern));
        Assert.Equal(expected ? "true" : "false", Call.Eval("regexp_like", text, pattern));
    }

    [Fact]
    public void Flags_change_the_matching()
    {
        Assert.Equal("true", Call.Eval("~*", "THOMAS", "ä|thom"));
        Assert.Equal("false", Call.Eval("!~*", "THOMAS", "thom"));
        Assert.Equal("true", Call.Eval("regexp_like", "a\nb", "^b$", "n"));
        Assert.Equal("false", Call.Eval("regexp_like", "a\nb", "a.b", "n"));
        Assert.Equal("true", Call.Eval("regexp_like", "ab", "a b", "x"));
        Assert.StartsWith("MR5232", Call.Fault("regexp_like", "ab", "a", "q"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", "a ) is missing")]
    [InlineData(")", "a ) has no (")]
    [InlineData("[a", "] is missing")]
    [InlineData("*a", "quantifier stands after nothing")]
    [InlineData("a\\", "ends with a backslash")]
    [InlineData("(a)\\1", "back references")]
    [InlineData("(?=a)b", "lookahead")]
    [InlineData("(?<!a)b", "lookbehind")]
    [InlineData("(?>a)", "atomic")]
    [InlineData("a{1001}", "repetition")]
    [InlineData("[[:nope:]]", "[:nope:]")]
    public void Patterns_that_cannot_work_are_faults_that_say_why(string pattern, string reason)
    {
        string fault = Call.Fault("~", "abc", pattern);
        Assert.StartsWith("MR5232", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_and_long_patterns_are_refused()
    {
        Assert.Contains("nested deeper", Call.Fault("~", "a", new string('(', 5000) + new string(')', 5000)), StringComparison.Ordinal);
        Assert.Contains("20000", Call.Fault("~", "a", new string('a', 20_001)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*a){20}$")]
    [InlineData("((a*)*)*b")]
    public void Patterns_that_explode_elsewhere_match_in_linear_time(string pattern)
        => Assert.Equal("false", Call.Eval("~", new string('a', 20_000) + "!", pattern));

    [Fact]
    public void A_match_that_takes_too_long_is_a_fault()
    {
        var context = new EvaluationContext { PatternTimeout = TimeSpan.FromMilliseconds(1) };
        string fault = Call.FaultIn(context, "~", string.Concat(Enumerable.Repeat("ab", 300_000)), "((a|b)*a(a|b){400}c)+");
        Assert.StartsWith("MR5233", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Matches_are_counted_and_found()
    {
        Assert.Equal("2", Call.Eval("regexp_count", "a1b2", "\\d"));
        Assert.Equal("3", Call.Eval("regexp_instr", "é😀1", "\\d"));
        Assert.Equal("0", Call.Eval("regexp_instr", "abc", "\\d"));
    }

    [Fact]
    public void Matches_are_replaced()
    {
        Assert.Equal("fooXbaz", Call.Eval("regexp_replace", "foobarbaz", "b..", "X"));
        Assert.Equal("fooXX", Call.Eval("regexp_replace", "foobarbaz", "b..", "X", "g"));
        Assert.Equal("fooXarYXazY", Call.Eval("regexp_replace", "foobarbaz", "b(..)", "X\\1Y", "g"));
        Assert.Equal("f[oo]é", Call.Eval("regexp_replace", "fooé", "o+", "[\\&]"));
        Assert.Equal("a\\\\c", Call.Eval("regexp_replace", "abc", "b", "\\\\\\"));
        Assert.Equal("abc", Call.Eval("regexp_replace", "abc", "x", "y"));
        Assert.Equal("-a-b-", Call.Eval("regexp_replace", "ab", "", "-", "g"));
        Assert.StartsWith("MR5231", Call.Fault("regexp_replace", new string('a', 3000), "a", new string('b', 3000), "g"), StringComparison.Ordinal);
    }

    [Fact]
    public void Matches_are_extracted()
    {
        Assert.Equal("é1", Call.Eval("regexp_extract", "xé1y", "é\\d"));
        Assert.Equal("NULL", Call.Eval("regexp_extract", "abc", "\\d"));
        Assert.Equal("1", Call.Eval("regexp_extract", "a1", "a(\\d)(b)?", 1));
        Assert.Equal("NULL", Call.Eval("regexp_extract", "a1", "a(\\d)(b)?", 2));
        Assert.Equal("A", Call.Eval("regexp_extract", "A", "a", 0, "i"));
        Assert.StartsWith("MR5230", Call.Fault("regexp_extract", "a1", "a", 1), StringComparison.Ordinal);
        Assert.Equal("oob", Call.Eval("substring", "foobar", "o.b"));
        Assert.Equal("o", Call.Eval("substring", "foobar", "o(.)b"));
        Assert.Equal("""["1","22"]""", Call.Eval("regexp_extract_all", "a1b22", "\\d+"));
        Assert.Equal("""["a","b"]""", Call.Eval("regexp_extract_all", "a1b22", "([a-z])\\d+", 1));
        Assert.Equal("[]", Call.Eval("regexp_extract_all", "abc", "\\d+"));
        Assert.Equal("""["bar","beque"]""", Call.Eval("regexp_match", "foobarbequebaz", "(bar)(beque)"));
        Assert.Equal("""["bar"]""", Call.Eval("regexp_match", "foobar", "bar"));
        Assert.Equal("""["a",null]""", Call.Eval("regexp_match", "ac", "(a)(b)?"));
        Assert.Equal("NULL", Call.Eval("regexp_match", "foo", "bar"));
        Assert.Equal("""[["a","1"],["b","2"]]""", Call.Eval("regexp_matches", "a1b2", "([a-z])([0-9])"));
        Assert.Equal("[]", Call.Eval("regexp_matches", "a", "b"));
    }

    [Fact]
    public void Texts_are_split_at_matches()
    {
        Assert.Equal("""["hello","world"]""", Call.Eval("regexp_split_to_array", "hello   world", "\\s+"));
        Assert.Equal("""["t","h","e"]""", Call.Eval("regexp_split_to_array", "the", "\\s*"));
        Assert.Equal("""["","a",""]""", Call.Eval("regexp_split_to_array", ",a,", ","));
        Assert.Equal("""["abc"]""", Call.Eval("regexp_split_to_array", "abc", "x"));
    }
}
