using System.Reflection;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

/// <summary>The statements of <c>Statements.sql</c>, which together use the whole language.</summary>
public sealed class StatementFileTests
{
    private static readonly IReadOnlyList<StatementSyntax> Statements = Read();

    [Fact]
    public void All_of_them_are_statements() => Assert.Equal(140, Statements.Count);

    internal static IReadOnlyList<StatementSyntax> Read()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Statements.sql")!;
        using var reader = new StreamReader(stream);
        var source = new SourceText(reader.ReadToEnd(), "Statements.sql");
        try
        {
            return SqlParser.ParseScript(source);
        }
        catch (MillraceException e)
        {
            throw new InvalidOperationException(string.Join('\n', e.Related.Prepend(e).Select(source.Render)), e);
        }
    }
}
