using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

internal static class CursorKinds
{
    /// <summary>What a type counts; null if its values have no order that a cursor could follow.</summary>
    public static CursorKind? Find(IReadOnlyDictionary<uint, PgType> types, uint oid)
    {
        PgType? type = types.GetValueOrDefault(oid);
        for (int depth = 0; type is { Kind: PgTypeKind.Domain } && depth < 32; depth++)
        {
            type = types.GetValueOrDefault(type.Base);
        }

        return type is { Kind: PgTypeKind.Base, IsBuiltIn: true } ? Find(type.Name) : null;
    }

    private static CursorKind? Find(string type) => type switch
    {
        "timestamp" or "timestamptz" => CursorKind.Time,
        "date" => CursorKind.Date,
        "int2" or "int4" or "int8" or "numeric" or "oid" or "xid8" or "pg_lsn" => CursorKind.Number,
        "text" or "varchar" or "bpchar" or "uuid" or "bytea" => CursorKind.Other,
        _ => null,
    };
}
