namespace Millrace.Connectors.Iceberg;

/// <summary>Refuses tables that have parts which writers would have to know and do not, before anything is written.</summary>
internal static class WritableTable
{
    private const string EncryptionKey = "encryption.key-id";

    public static void Require(TableMetadata table)
    {
        foreach (IcebergField column in table.Schema.Fields)
        {
            if (IcebergForeign.In(column.Type) is { } foreign)
            {
                throw IcebergErrors.Foreign(column.Name, foreign, "a table with such a column cannot be written");
            }
        }

        if (table.Properties.ContainsKey(EncryptionKey))
        {
            throw IcebergErrors.Unsupported($"The table has the property '{EncryptionKey}': its files are to be encrypted, which is not supported");
        }
    }
}
