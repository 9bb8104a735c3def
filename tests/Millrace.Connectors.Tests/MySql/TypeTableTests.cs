using Millrace.Connectors.MySql;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.MySql;

/// <summary>The table of types in the guide is what the code does.</summary>
public sealed class TypeTableTests
{
    [Fact]
    public void The_guide_has_every_type() => GuideTypes.AssertStandsIn(
        "docs/guides/mysql.md",
        "MySQL",
        BuiltInTypes.All.Select(t => (t.Name, t.Mapping.Type)),
        [
            ("`decimal(12,2)`", TypeOf("decimal", "decimal(12,2)", 12, 2)),
            ("`decimal` with more than 38 digits", TypeOf("decimal", "decimal(65,0)", 65, 0)),
            ("`bit(1)`", TypeOf("bit", "bit(1)")),
            ("`bit(n)`", TypeOf("bit", "bit(8)")),
            ("`time`", TypeOf("time", "time(6)")),
            ("all others, as the server shows them", TypeOf("inet9", "inet9")),
        ]);

    private static DataType TypeOf(string name, string text, int precision = 0, int scale = 0)
        => new TypeMapper(new MySqlSourceOptions()).Map(new ColumnInfo { Name = "c", Type = name, TypeText = text, NotNull = false, Precision = precision, Scale = scale }).Type;
}
