using System.Reflection;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>The statements of <c>Statements.sql</c>, which together use the whole language.</summary>
public sealed class StatementFileTests
{
    private static readonly SourceText Source = Load();

    [Fact]
    public void All_of_them_are_statements() => Assert.Equal(146, Parse(Source).Count);

    [Fact]
    public void Printed_and_parsed_again_each_is_the_same_tree()
    {
        foreach (StatementSyntax statement in Parse(Source))
        {
            string printed = SqlPrinter.Print(statement);
            var again = Assert.Single(Parse(new SourceText(printed)));
            Assert.True(SyntaxComparison.Difference(statement, again) is "", $"{printed}\n{SyntaxComparison.Difference(statement, again)}");
            Assert.Equal(printed, SqlPrinter.Print(again));
        }
    }

    [Fact]
    public void Each_node_spans_its_own_text()
    {
        foreach (StatementSyntax statement in Parse(Source))
        {
            string text = Source.Text.Substring(statement.Span.Start, statement.Span.Length);
            StatementSyntax alone = Assert.Single(Parse(new SourceText(text)));
            Assert.Equal("", SyntaxComparison.Difference(statement with { Annotations = [] }, alone));
            Assert.Equal(new TextSpan(0, text.Length), alone.Span);
        }
    }

    [Fact]
    public void Annotations_above_a_statement_are_kept_in_order()
    {
        StatementSyntax statement = Parse(Source)[^2];
        Assert.Equal(
            ["name=large orders", "version=1.2.0", "job_mode=transactional", "observability.metrics.enabled=true", "metric=orders_total", "metric_labels=a, b", "metric_condition=v > 100 -- and more"],
            statement.Annotations.Select(a => $"{a.Name}={a.Value}"));
        Assert.Equal("-- @name: large orders", Source.Text.Substring(statement.Annotations[0].Span.Start, statement.Annotations[0].Span.Length));
    }

    private static SourceText Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Statements.sql")!;
        using var reader = new StreamReader(stream);
        return new SourceText(reader.ReadToEnd(), "Statements.sql");
    }

    private static IReadOnlyList<StatementSyntax> Parse(SourceText source)
    {
        try
        {
            return SqlParser.ParseScript(source);
        }
        catch (MillraceException e)
        {
            throw new InvalidOperationException(string.Join('\n', e.Related.DefaultIfEmpty(e).Select(source.Render)), e);
        }
    }
}
