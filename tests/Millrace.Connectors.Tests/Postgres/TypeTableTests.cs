using System.Text;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>The table of types in the guide is what the code does.</summary>
public sealed class TypeTableTests
{
    private const string Page = "docs/guides/postgres.md";
    private const string Begin = "<!-- types: written by a test -->\n";
    private const string End = "<!-- end of types -->\n";

    // By the oid under which the mapper finds them here.
    private static readonly (string Name, PgType Type, int Modifier)[] Others =
    [
        ("numeric(12,2)", Of("numeric", PgTypeKind.Base), ((12 << 16) | 2) + 4),
        ("numeric without precision, or with more than 38 digits", Of("numeric", PgTypeKind.Base), -1),
        ("enums", Of("mood", PgTypeKind.Enum), -1),
        ("domains, here over text", Of("email", PgTypeKind.Domain) with { Base = Text }, -1),
        ("arrays, `int4[]`", Of("_int4", PgTypeKind.Array) with { Element = Int4 }, -1),
        ("composite types, `(a int4, b text)`", Of("pair", PgTypeKind.Composite) with { Attributes = [new PgAttribute("a", Int4, -1), new PgAttribute("b", Text, -1)] }, -1),
        ("ranges, bit strings, geometric types and all others, as psql shows them", Of("int4range", PgTypeKind.Range), -1),
    ];

    private const uint Int4 = 1;
    private const uint Text = 2;

    [Fact]
    public void The_guide_has_every_type()
    {
        string path = Path.Combine(GoldenFile.Root(), Page);
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"{Page} has no place for the table.");
        GoldenFile.Assert(Page, text[..begin] + Table() + text[end..]);
    }

    private static string Table()
    {
        var table = new StringBuilder("| PostgreSQL | column |\n|---|---|\n");
        foreach (IGrouping<string, string> type in BuiltInTypes.All.GroupBy(t => t.Mapping.Type.ToString(), t => t.Name))
        {
            Line(string.Join(", ", type.Select(n => $"`{n}`")), type.Key);
        }

        for (int i = 0; i < Others.Length; i++)
        {
            var types = new Dictionary<uint, PgType> { [Int4] = Of("int4", PgTypeKind.Base), [Text] = Of("text", PgTypeKind.Base), [100] = Others[i].Type };
            string column = new TypeMapper(types, new PostgresSourceOptions().Numeric).Map(100, Others[i].Modifier).Type.ToString();
            Line(Others[i].Name, column);
        }

        return table.ToString();

        void Line(string name, string column) => table.Append("| ").Append(name).Append(" | `").Append(column).Append("` |\n");
    }

    private static PgType Of(string name, PgTypeKind kind) => new() { Oid = 0, Name = name, Schema = "pg_catalog", Kind = kind };
}
