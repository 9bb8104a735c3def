using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Millrace.Columnar.Interop;

namespace Millrace.Columnar.Tests.Types;

/// <summary>The page of types, written from the one table that readers, writers and casts work by.</summary>
public sealed unsafe class TypeReferenceTests
{
    private static readonly string[] Examples =
    [
        "decimal(12,2)", "fixed(20)", "time(3)", "timestamp(9)", "timestamptz", "timestamptz(3)[Europe/Paris]", "array<bigint>",
        "array<bigint not null>", "map<varchar, double>", "struct<a bigint not null, \"b c\" array<varchar>>", "dictionary<varchar>",
    ];

    [Fact]
    public void The_page_of_types_is_up_to_date()
    {
        var page = new StringBuilder();
        page.Append("""
            # Types

            The types of columns, as they are named in SQL, in YAML and in messages. This page is generated from the code.

            | type | also | what it is |
            |---|---|---|

            """);
        foreach (TypeInfo type in TypeTable.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{type.SqlName}` | {string.Join(", ", type.Aliases.Select(a => $"`{a}`"))} | {type.Doc} |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"\nWith parameters: {string.Join(", ", Examples.Select(e => $"`{DataType.Parse(e)}`"))}.\n");
        page.Append("""

            ## In memory

            Columns lie in memory as Apache Arrow lays them, little-endian. Every column also has a bit per row that says
            whether there is a value, if any row is null. Offsets and indices have 32 bits.

            | type | layout | bytes a row | .NET value | Arrow format |
            |---|---|---|---|---|

            """);
        foreach (TypeInfo type in TypeTable.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{type.SqlName}` | {Layout(type)} | {Width(type)} | {Net(type)} | {Arrow(type.Id)} |\n");
        }

        page.Append("""

            ## Order and equality

            Sorting, comparing, grouping and statistics agree on one order: `NaN` equals `NaN` and is greater than every other
            number; `-0` equals `0`; text, JSON and binary go by their bytes; `false` is before `true`; intervals go by their
            length, a month being 30 days and a day 24 hours; lists, maps and structs go by their first difference, where a
            null inside equals another and comes last. A comparison with null is null.

            """);
        GoldenFile.Assert("docs/reference/types.md", page.ToString());
    }

    private static string Layout(TypeInfo type) => type.Layout switch
    {
        TypeLayout.Bit => "one bit a row",
        TypeLayout.Fixed => "values",
        TypeLayout.VarBinary => "offsets and bytes",
        TypeLayout.List => "offsets and a column of items",
        TypeLayout.Struct => "a column for each field",
        _ => "indices and a column of values",
    };

    private static string Width(TypeInfo type) => type.Layout switch
    {
        TypeLayout.Bit => "1/8",
        TypeLayout.Fixed => type.ByteWidth > 0 ? type.ByteWidth.ToString(CultureInfo.InvariantCulture) : "n",
        TypeLayout.VarBinary => "4 + bytes",
        TypeLayout.List => "4 + items",
        TypeLayout.Struct => "fields",
        _ => "4",
    };

    private static string Net(TypeInfo type) => type.ElementType is { } element ? $"`{element.Name}`" : type.Layout == TypeLayout.Bit ? "`Boolean`" : "";

    private static string Arrow(TypeId id)
    {
        ArrowSchema schema;
        ArrowExport.Export(new Field("", Example(id)), &schema);
        string format = Marshal.PtrToStringUTF8((nint)schema.Format)!;
        bool extension = schema.Metadata != null;
        schema.Release(&schema);
        return (id, extension) switch
        {
            (TypeId.Uuid, true) => $"`{format}`, extension `arrow.uuid`",
            (TypeId.Json, true) => $"`{format}`, extension `arrow.json`",
            (TypeId.Dictionary, _) => $"`{format}` and a dictionary",
            _ => $"`{format}`",
        };
    }

    private static DataType Example(TypeId id) => id switch
    {
        TypeId.Decimal => DataType.Decimal(12, 2),
        TypeId.FixedBinary => DataType.FixedBinary(20),
        TypeId.Timestamp => DataType.Timestamp(timeZone: "UTC"),
        TypeId.List => DataType.List(DataType.Int64),
        TypeId.Map => DataType.Map(DataType.Utf8, DataType.Int64),
        TypeId.Struct => DataType.Struct(new Field("a", DataType.Int64)),
        TypeId.Dictionary => DataType.Dictionary(DataType.Utf8),
        _ => DataType.Parse(TypeTable.Get(id).SqlName),
    };
}
