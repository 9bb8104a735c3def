using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>Finds the values of a row in a message (documentation, "Logical Replication Message Formats", TupleData).</summary>
internal static class TupleMessage
{
    /// <param name="message">Stands at the row.</param>
    /// <param name="offset">Where the message lies in its buffer.</param>
    /// <param name="columns">Columns that the table has.</param>
    /// <param name="tuple">Gets the row.</param>
    public static void Read(ref MessageBytes message, int offset, int columns, ChangedTuple tuple)
    {
        int count = message.Int16();
        if (count != columns)
        {
            throw ChangeErrors.BrokenStream.Error($"The server sent a row of {count} columns; the table has {columns}.");
        }

        tuple.Start(count);
        for (int i = 0; i < count; i++)
        {
            byte kind = message.Byte();
            switch (kind)
            {
                case (byte)'n':
                    tuple.Set(i, 0, ChangedTuple.Null);
                    break;
                case (byte)'u':
                    tuple.Set(i, 0, ChangedTuple.Unchanged);
                    break;
                case (byte)'b' or (byte)'t':
                    int length = message.Int32();
                    tuple.Set(i, offset + message.Take(length), length);
                    break;
                default:
                    throw ChangeErrors.BrokenStream.Error($"The server sent a value of the kind {kind}.");
            }
        }
    }
}
