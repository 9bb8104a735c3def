namespace Millrace.Formats;

/// <summary>A part of a file that is read on its own: the rows that start in bytes <c>[Start, End)</c>.</summary>
/// <param name="Start">First byte; for text formats the first byte of a record.</param>
/// <param name="End">One past the last byte.</param>
/// <param name="FirstRow">Number of the first row in the file, from 0, or -1 when it is not known; for messages and positions.</param>
/// <param name="FirstLine">Line of the first byte in a text file, from 1, or -1 when it is not known; for messages.</param>
public readonly record struct FileRange(long Start, long End, long FirstRow = -1, long FirstLine = -1)
{
    public long Length => End - Start;

    public static FileRange Whole(long length) => new(0, length, 0, 1);
}
