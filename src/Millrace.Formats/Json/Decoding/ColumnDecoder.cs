using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Reads one JSON value into a column. <see cref="Read"/> appends exactly one row, or fails and leaves rests that the caller truncates.</summary>
internal abstract unsafe class ColumnDecoder(Field column, ColumnBuilder builder, bool nullAllowed)
{
    public Field Field => column;

    /// <summary>Owned by whoever made the decoder.</summary>
    public ColumnBuilder Builder => builder;

    /// <summary>Reads the value that begins at a token and returns the token behind it, or null after a fault.</summary>
    public abstract uint* Read(JsonSegment segment, uint* token);

    /// <summary>Appends a null, or fails where none is allowed.</summary>
    public uint* ReadNull(JsonSegment segment, uint* token)
    {
        if (!nullAllowed)
        {
            return segment.Fail(JsonFault.NullValue, token, column.Name);
        }

        builder.AppendNull();
        return token + 1;
    }

    /// <summary>A field that the record does not have.</summary>
    public bool TryAppendMissing(JsonSegment segment, uint* token)
    {
        if (!nullAllowed)
        {
            segment.Fail(JsonFault.NullValue, token, column.Name);
            return false;
        }

        builder.AppendNull();
        return true;
    }

    /// <summary>A value that the decoder has no use for: a null, or a misfit.</summary>
    protected uint* ReadOther(JsonSegment segment, uint* token)
        => JsonChars.IsNull(segment.Text, token) ? ReadNull(segment, token) : segment.Fail(JsonFault.Misfit, token, column.Name);
}
