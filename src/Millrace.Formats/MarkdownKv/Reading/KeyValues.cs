using System.Runtime.InteropServices;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Members of an object in the making: values of one key become an array, in their order. The values stand in a buffer of the caller's.</summary>
internal sealed class KeyValues
{
    private readonly Dictionary<string, (int First, int Last)> _names = new(StringComparer.Ordinal);
    private readonly List<Value> _values = [];

    public bool IsEmpty => _values.Count == 0;

    /// <param name="name">Name of the member.</param>
    /// <param name="start">Where the value, as JSON, begins in the buffer.</param>
    /// <param name="length">Its bytes.</param>
    public void Add(string name, int start, int length)
    {
        int index = _values.Count;
        _values.Add(new Value(start, length, -1));
        ref (int First, int Last) known = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, name, out bool exists);
        if (exists)
        {
            _values[known.Last] = _values[known.Last] with { Next = index };
            known.Last = index;
        }
        else
        {
            known = (index, index);
        }
    }

    /// <summary>Appends the members without brackets, in the order of their first values.</summary>
    public void WriteMembers(ByteBuffer values, ByteBuffer target)
    {
        bool any = false;
        foreach ((string name, (int first, int last)) in _names)
        {
            if (any)
            {
                target.Write((byte)',');
            }

            any = true;
            JsonString.Write(Encoding.UTF8.GetBytes(name), target);
            target.Write((byte)':');
            for (int i = first; i >= 0; i = _values[i].Next)
            {
                if (first != last)
                {
                    target.Write(i == first ? (byte)'[' : (byte)',');
                }

                target.Write(values.Written.Slice(_values[i].Start, _values[i].Length));
            }

            if (first != last)
            {
                target.Write((byte)']');
            }
        }
    }

    public void Clear()
    {
        _names.Clear();
        _values.Clear();
    }

    private readonly record struct Value(int Start, int Length, int Next);
}
