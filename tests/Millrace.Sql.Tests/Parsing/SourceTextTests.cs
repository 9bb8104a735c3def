using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("ab\ncd", 0, 1, 1)]
    [InlineData("ab\ncd", 2, 1, 3)]
    [InlineData("ab\ncd", 3, 2, 1)]
    [InlineData("ab\r\ncd", 5, 2, 2)]
    [InlineData("ab\rcd", 3, 2, 1)]
    [InlineData("\ud83d\ude00x", 2, 1, 2)]
    [InlineData("ab\n", 3, 2, 1)]
    [InlineData("", 0, 1, 1)]
    public void Lines_and_columns_count_from_one_and_columns_count_characters(string text, int offset, int line, int column)
        => Assert.Equal((line, column), new SourceText(text).Position(offset));

    [Theory]
    [InlineData("SELECT 1\nFROM\tt WERE a", "2 | FROM\tt WERE a\n  |     \t       ^")]
    [InlineData("SELECT '\ud83d\ude00', a b longer", "1 | SELECT '\ud83d\ude00', a b longer\n  |                 ^^^^^^")]
    [InlineData("SELECT 'a\u001bb' 'c'", "1 | SELECT 'a\u25a1b' 'c'\n  |              ^^^")]
    [InlineData("SELECT\n", "2 | \n  | ^")]
    public void An_error_is_shown_in_its_line_with_carets_under_its_word(string text, string shown)
    {
        var source = new SourceText(text, "q");
        MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(source));
        Assert.Equal($"{error.Describe()}\n{shown}", source.Render(error));
    }

    [Fact]
    public void Of_a_long_line_the_part_around_the_error_is_shown()
    {
        var source = new SourceText($"SELECT {new string('a', 200)} b c, {new string('d', 200)}", "q");
        MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(source));
        string[] lines = source.Render(error).Split('\n');
        Assert.Equal('c', lines[1][lines[2].IndexOf('^', StringComparison.Ordinal)]);
        Assert.InRange(lines[1].Length, 100, 130);
    }

    [Fact]
    public void A_character_without_a_meaning_is_shown_alone()
    {
        var source = new SourceText("SELECT " + new string('\u20ac', 30), "q");
        MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(source));
        Assert.EndsWith("\n  |        ^", source.Render(error));
    }

    [Fact]
    public void An_error_of_another_text_is_shown_without_a_line()
    {
        var error = ParsingErrors.Unexpected.Error("Nothing.", ErrorPlace.InFile("other", 1, 1));
        Assert.Equal(error.Describe(), new SourceText("SELECT 1", "q").Render(error));
    }
}
