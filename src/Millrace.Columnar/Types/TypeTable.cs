namespace Millrace.Columnar;

/// <summary>What the system knows of one type. Readers, writers, casts and pages of the reference derive from it.</summary>
/// <param name="Id">The type.</param>
/// <param name="SqlName">Canonical name, as printed and as written in SQL and YAML.</param>
/// <param name="Aliases">Other names that are understood.</param>
/// <param name="Layout">How it lies in memory.</param>
/// <param name="ByteWidth">Bytes a row for <see cref="TypeLayout.Fixed"/>; 0 where the type itself says it.</param>
/// <param name="ElementType">The .NET type of a value for <see cref="TypeLayout.Fixed"/>.</param>
/// <param name="Doc">One sentence.</param>
public sealed record TypeInfo(
    TypeId Id,
    string SqlName,
    string[] Aliases,
    TypeLayout Layout,
    int ByteWidth,
    Type? ElementType,
    string Doc);

/// <summary>The one table of types.</summary>
public static class TypeTable
{
    private static readonly TypeInfo[] Entries =
    [
        new(TypeId.Boolean, "boolean", ["bool", "logical"], TypeLayout.Bit, 0, null, "True or false."),
        new(TypeId.Int8, "tinyint", ["int8", "byte"], TypeLayout.Fixed, 1, typeof(sbyte), "Whole number of 8 bits."),
        new(TypeId.Int16, "smallint", ["int16", "short", "int2"], TypeLayout.Fixed, 2, typeof(short), "Whole number of 16 bits."),
        new(TypeId.Int32, "integer", ["int32", "int", "int4"], TypeLayout.Fixed, 4, typeof(int), "Whole number of 32 bits."),
        new(TypeId.Int64, "bigint", ["int64", "long"], TypeLayout.Fixed, 8, typeof(long), "Whole number of 64 bits."),
        new(TypeId.UInt8, "utinyint", ["uint8"], TypeLayout.Fixed, 1, typeof(byte), "Whole number of 8 bits without sign."),
        new(TypeId.UInt16, "usmallint", ["uint16"], TypeLayout.Fixed, 2, typeof(ushort), "Whole number of 16 bits without sign."),
        new(TypeId.UInt32, "uinteger", ["uint32"], TypeLayout.Fixed, 4, typeof(uint), "Whole number of 32 bits without sign."),
        new(TypeId.UInt64, "ubigint", ["uint64"], TypeLayout.Fixed, 8, typeof(ulong), "Whole number of 64 bits without sign."),
        new(TypeId.Float32, "real", ["float32", "float", "float4"], TypeLayout.Fixed, 4, typeof(float), "Binary floating point of 32 bits."),
        new(TypeId.Float64, "double", ["float64", "double precision", "float8", "number"], TypeLayout.Fixed, 8, typeof(double), "Binary floating point of 64 bits."),
        new(TypeId.Decimal, "decimal", ["numeric", "dec"], TypeLayout.Fixed, 16, typeof(Int128), "Exact decimal number: `decimal(precision, scale)`, up to 38 digits."),
        new(TypeId.Utf8, "varchar", ["text", "string", "utf8", "char"], TypeLayout.VarBinary, 0, null, "Text in UTF-8."),
        new(TypeId.Binary, "bytes", ["binary", "varbinary", "blob", "bytea"], TypeLayout.VarBinary, 0, null, "Bytes of any length."),
        new(TypeId.FixedBinary, "fixed", ["fixed_binary"], TypeLayout.Fixed, 0, null, "Bytes of one length: `fixed(n)`."),
        new(TypeId.Json, "json", ["jsonb", "variant"], TypeLayout.VarBinary, 0, null, "JSON text."),
        new(TypeId.Uuid, "uuid", ["guid"], TypeLayout.Fixed, 16, null, "Universally unique identifier (RFC 9562)."),
        new(TypeId.Date, "date", [], TypeLayout.Fixed, 4, typeof(int), "Calendar day."),
        new(TypeId.Time, "time", [], TypeLayout.Fixed, 8, typeof(long), "Time of day: `time` (microseconds) or `time(p)` with p digits of a second."),
        new(TypeId.Timestamp, "timestamp", ["datetime", "timestamptz"], TypeLayout.Fixed, 8, typeof(long), "Date and time: `timestamp` is wall-clock time, `timestamptz` an instant; `timestamp(p)` with p digits of a second, 6 by default."),
        new(TypeId.Interval, "interval", [], TypeLayout.Fixed, 16, typeof(Interval), "Months, days and nanoseconds."),
        new(TypeId.List, "array", ["list"], TypeLayout.List, 0, null, "Values of one type: `array<bigint>`."),
        new(TypeId.Struct, "struct", ["row", "object"], TypeLayout.Struct, 0, null, "Named fields: `struct<a bigint, b varchar not null>`."),
        new(TypeId.Map, "map", [], TypeLayout.List, 0, null, "Values by key: `map<varchar, bigint>`."),
        new(TypeId.Dictionary, "dictionary", [], TypeLayout.Dictionary, 0, null, "An encoding of another type by index: `dictionary<varchar>`."),
    ];

    static TypeTable()
    {
        for (int i = 0; i < Entries.Length; i++)
        {
            System.Diagnostics.Debug.Assert((int)Entries[i].Id == i, "The table stands in the order of TypeId.");
        }
    }

    public static IReadOnlyList<TypeInfo> All => Entries;

    public static TypeInfo Get(TypeId id) => Entries[(int)id];

    /// <summary>Finds a type by canonical name or alias, whatever the case.</summary>
    public static TypeInfo? Find(string name)
    {
        foreach (TypeInfo entry in Entries)
        {
            if (string.Equals(entry.SqlName, name, StringComparison.OrdinalIgnoreCase)
                || entry.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return entry;
            }
        }

        return null;
    }
}
