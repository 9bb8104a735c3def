namespace Millrace.Runtime.Tests.Streams;

public sealed class StreamSelectionTests
{
    private static readonly string[] Streams = ["public.orders", "public.order_items", "public.log_a", "public.log_b", "other.orders", "public.\"odd.name\"", "public.we*ird", "big table"];

    [Theory]
    [InlineData("*", "public.orders public.order_items public.log_a public.log_b other.orders public.\"odd.name\" public.we*ird big table")]
    [InlineData("public.order*", "public.orders public.order_items")]
    [InlineData("*.orders", "public.orders other.orders")]
    [InlineData("orders,public.log_?", "public.orders public.log_a public.log_b other.orders")]
    [InlineData("public.*,-public.log_*, -order_items", "public.orders public.\"odd.name\" public.we*ird")]
    [InlineData("-public.*", "other.orders big table")]
    [InlineData("public.\"odd.name\",public.\"we*ird\"", "public.\"odd.name\"")]
    [InlineData("public.*r*i*", "public.order_items")]
    [InlineData("public.odd*", "public.\"odd.name\"")]
    [InlineData("odd*,log_?", "public.log_a public.log_b public.\"odd.name\"")]
    [InlineData("public.*,-odd*,-public.*o*", "public.we*ird")]
    public void A_selection_has_what_its_names_and_patterns_fit(string text, string expected)
    {
        StreamSelection selection = StreamSelection.Of(text)!;
        Assert.Equal(expected, string.Join(' ', Streams.Where(selection.Has)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("public.orders")]
    [InlineData("orders")]
    [InlineData("public.\"a,b*\"")]
    public void The_name_of_one_stream_is_no_selection(string? text) => Assert.Null(StreamSelection.Of(text));

    [Theory]
    [InlineData("public.ordres,public.log_a", "'public.ordres' (did you mean 'public.orders'?)")]
    [InlineData("nowhere.*", "'nowhere.*'")]
    [InlineData("-*", "none of the source's 8 streams")]
    public void What_fits_nothing_is_an_error(string text, string message)
    {
        var error = Assert.Throws<MillraceException>(() => StreamSelection.Of(text)!.RequireAll(Streams, new ErrorPlace()));
        Assert.Equal("MR4501", error.Code.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    // A pattern against the same as a regular expression.
    [Fact]
    public void Patterns_fit_as_regular_expressions_do()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            string pattern = Text(random, "ab*?.");
            string name = Text(random, "ab.");
            if (!pattern.Contains('*') && !pattern.Contains('?'))
            {
                continue;
            }

            string expression = "^" + System.Text.RegularExpressions.Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$";
            string last = pattern.Contains('.') ? name : name[(name.LastIndexOf('.') + 1)..];
            bool fits = System.Text.RegularExpressions.Regex.IsMatch(name, expression) || System.Text.RegularExpressions.Regex.IsMatch(last, expression);
            Assert.True(fits == StreamSelection.Of(pattern)!.Has(name), $"{pattern} against {name}");
        }
    }

    private static string Text(Random random, string letters) => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => letters[random.Next(letters.Length)]));
}
