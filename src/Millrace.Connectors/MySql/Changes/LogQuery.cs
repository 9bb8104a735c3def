using System.Text;

namespace Millrace.Connectors.MySql;

/// <summary>Finds the text of a statement in its event (QUERY_EVENT, EXECUTE_LOAD_QUERY_EVENT).</summary>
internal static class LogQuery
{
    // What stands between the fixed part of a statement that loads data and the variables.
    private const int LoadLength = 13;

    /// <param name="data">The event, without its checksum.</param>
    /// <param name="type">What it is.</param>
    public static (string Database, string Text) Read(ReadOnlySpan<byte> data, LogEventType type)
    {
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength + sizeof(uint) + sizeof(uint));
        int database = bytes.Byte();
        bytes.Take(sizeof(ushort));
        int variables = bytes.UInt16();
        bytes.Take((type == LogEventType.ExecuteLoadQuery ? LoadLength : 0) + variables);
        string name = Encoding.UTF8.GetString(bytes.Bytes(database));
        bytes.Take(1);
        ReadOnlySpan<byte> text = bytes.Rest();
        if (type != LogEventType.QueryCompressed)
        {
            return (name, Encoding.UTF8.GetString(text));
        }

        byte[] unpacked = new byte[CompressedPart.Length(text)];
        CompressedPart.Read(text, unpacked);
        return (name, Encoding.UTF8.GetString(unpacked));
    }
}
