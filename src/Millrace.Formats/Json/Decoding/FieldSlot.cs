using System.Runtime.CompilerServices;

namespace Millrace.Formats.Json;

/// <summary>A field name that objects have, what is done with its value, and which field stood behind it in the last object.</summary>
internal sealed unsafe class FieldSlot
{
    private readonly byte[] _name;
    private readonly ulong _head;
    private readonly ulong _headMask;
    private readonly ulong _tail;

    // The length of the name in the file; -1 if it never stands there as it is, but with escapes.
    private readonly int _plainLength;

    public FieldSlot(byte[] name, int column, bool isKnown)
    {
        _name = name;
        Column = column;
        IsKnown = isKnown;
        Next = this;
        bool plain = name.AsSpan().IndexOfAny((byte)'"', (byte)'\\') < 0 && !name.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1F);
        _plainLength = plain ? name.Length : -1;
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        name.AsSpan(0, Math.Min(8, name.Length)).CopyTo(padded);
        _head = Unsafe.ReadUnaligned<ulong>(ref padded[0]);
        _headMask = name.Length >= 8 ? ulong.MaxValue : (1UL << (name.Length * 8)) - 1;
        _tail = name.Length > 8 ? Unsafe.ReadUnaligned<ulong>(ref name[^8]) : 0;
    }

    /// <summary>Place among the columns of the object, or -1 if the field is skipped.</summary>
    public int Column { get; }

    /// <summary>The schema has the field, though it may not be wanted.</summary>
    public bool IsKnown { get; }

    /// <summary>The field to expect behind this one.</summary>
    public FieldSlot Next { get; set; }

    /// <summary>Whether the bytes of a key in the file are this name. Reads eight bytes from <paramref name="key"/> on in any case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(byte* key, int length)
    {
        if (length != _plainLength || (Unsafe.ReadUnaligned<ulong>(key) & _headMask) != _head)
        {
            return false;
        }

        return length <= 8
            || (Unsafe.ReadUnaligned<ulong>(key + length - 8) == _tail && (length <= 16 || new ReadOnlySpan<byte>(key, length).SequenceEqual(_name)));
    }
}
