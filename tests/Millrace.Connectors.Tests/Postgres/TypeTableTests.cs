using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>The table of types in the guide is what the code does.</summary>
public sealed class TypeTableTests
{
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
    public void The_guide_has_every_type() => GuideTypes.AssertStandsIn(
        "docs/guides/postgres.md",
        "PostgreSQL",
        BuiltInTypes.All.Select(t => (t.Name, t.Mapping.Type)),
        Others.Select(o => (o.Name, TypeOf(o.Type, o.Modifier))));

    private static DataType TypeOf(PgType type, int modifier)
    {
        var types = new Dictionary<uint, PgType> { [Int4] = Of("int4", PgTypeKind.Base), [Text] = Of("text", PgTypeKind.Base), [100] = type };
        return new TypeMapper(types, new PostgresSourceOptions().Numeric).Map(100, modifier).Type;
    }

    private static PgType Of(string name, PgTypeKind kind) => new() { Oid = 0, Name = name, Schema = "pg_catalog", Kind = kind };
}
