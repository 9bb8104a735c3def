namespace Millrace.Cli.Tests.Shell;

public sealed class StatementEndTests
{
    [Theory]
    [InlineData("SELECT 1;")]
    [InlineData("SELECT 1; -- why\n")]
    [InlineData("SELECT 1; /* ; */ ")]
    [InlineData("SELECT 'it''s';")]
    [InlineData("SELECT $$it's$$;")]
    [InlineData("SELECT $q$it's $$ too$q$;")]
    [InlineData("SELECT E'it\\'s';")]
    [InlineData("SELECT 'C:\\';")]
    [InlineData("SELECT ename'C:\\';")]
    [InlineData("SELECT \"a;\" FROM `b'`;")]
    public void A_semicolon_behind_everything_ends_it(string text) => Assert.True(StatementEnd.IsComplete(text));

    [Theory]
    [InlineData("")]
    [InlineData("SELECT 1")]
    [InlineData("SELECT ';")]
    [InlineData("SELECT ';'")]
    [InlineData("SELECT 1 -- ;")]
    [InlineData("SELECT 1 /* ;")]
    [InlineData("SELECT $$;")]
    [InlineData("SELECT $q$;$$;")]
    [InlineData("SELECT $$;$$")]
    [InlineData("SELECT E'\\';")]
    [InlineData("SELECT 1; SELECT 2")]
    public void A_semicolon_within_text_or_comments_does_not(string text) => Assert.False(StatementEnd.IsComplete(text));
}
