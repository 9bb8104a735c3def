using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>The type that a column has to become so that it takes every value of the rows.</summary>
internal static class WiderType
{
    /// <summary>The wider type in SQL; null where the column takes all, or no wider type of its kind would.</summary>
    /// <param name="type">Type of the column; null when it is not known.</param>
    /// <param name="modifier">Its modifier.</param>
    /// <param name="rows">Type of the rows.</param>
    public static string? Find(PgType? type, int modifier, DataType rows) => type is not { IsBuiltIn: true, Kind: PgTypeKind.Base } ? null : type.Name switch
    {
        "int2" or "int4" or "int8" => Integer(type.Name, rows),
        "float4" when rows.Id is TypeId.Float64 => "double precision",
        "numeric" when modifier >= 4 => Numeric(modifier, rows),
        _ => null,
    };

    private static string? Integer(string column, DataType rows)
    {
        string wanted = WriteType.SqlFor(rows);
        int has = Array.IndexOf(Sizes, column switch { "int2" => "smallint", "int4" => "integer", _ => "bigint" });
        return Array.IndexOf(Sizes, wanted) > has ? wanted : null;
    }

    private static readonly string[] Sizes = ["smallint", "integer", "bigint", "numeric(20,0)"];

    // The modifier is precision and scale in 16 bits each, plus 4.
    private static string? Numeric(int modifier, DataType rows)
    {
        (int precision, int scale) = rows.Id switch
        {
            TypeId.Decimal => (rows.Precision, rows.Scale),
            TypeId.Int8 or TypeId.UInt8 => (3, 0),
            TypeId.Int16 or TypeId.UInt16 => (5, 0),
            TypeId.Int32 or TypeId.UInt32 => (10, 0),
            TypeId.Int64 => (19, 0),
            TypeId.UInt64 => (20, 0),
            _ => (0, 0),
        };
        int has = ((modifier - 4) >> 16) & 0xffff;
        int hasScale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
        int whole = Math.Max(precision - scale, has - hasScale);
        int places = Math.Max(scale, hasScale);
        return whole > has - hasScale || places > hasScale ? string.Create(CultureInfo.InvariantCulture, $"numeric({whole + places},{places})") : null;
    }
}
