using System.Buffers.Binary;
using System.Text;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Reads Thrift's compact protocol from memory. Every length is checked against the bytes that are left, and nesting is
/// limited, so what is allocated stays in proportion to the input whatever it says.
/// </summary>
public ref struct ThriftReader(ReadOnlySpan<byte> data)
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _data = data;
    private int _depth;
    private ThriftType _type;

    /// <summary>Wire type of the field whose value comes next.</summary>
    public readonly ThriftType Type => _type;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Reads a struct that stands by itself.</summary>
    public static T ReadStruct<T>(ReadOnlySpan<byte> data, out int length)
        where T : IThriftStruct<T>
    {
        var reader = new ThriftReader(data);
        T value = T.Read(ref reader);
        length = reader.Position;
        return value;
    }

    /// <summary>Starts the fields of a struct.</summary>
    public ThriftFields Begin()
    {
        if (++_depth > MaxDepth)
        {
            throw ParquetErrors.Metadata("structs nest too deep", Position);
        }

        return default;
    }

    /// <summary>Moves to the next field; false at the end of the struct. Its value must then be read or skipped.</summary>
    public bool Next(ref ThriftFields fields)
    {
        byte head = Byte();
        if (head == 0)
        {
            _depth--;
            return false;
        }

        int delta = head >> 4;
        long id = delta == 0 ? ZigZag() : fields.Id + delta;
        if (id is < short.MinValue or > short.MaxValue)
        {
            throw ParquetErrors.Metadata("a field id is out of range", Position);
        }

        _type = CheckType(head & 15);
        fields.MoveTo((short)id);
        return true;
    }

    public bool Bool() => _type switch
    {
        ThriftType.True => true,
        ThriftType.False => false,
        _ => throw Unexpected("a boolean"),
    };

    public sbyte I8() => _type == ThriftType.Byte ? (sbyte)Byte() : throw Unexpected("a byte");

    public short I16() => (short)Integer(short.MinValue, short.MaxValue);

    public int I32() => (int)Integer(int.MinValue, int.MaxValue);

    public long I64() => Integer(long.MinValue, long.MaxValue);

    /// <summary>A number that selects a constant; one that this version does not know stays as it is.</summary>
    public TEnum Enum<TEnum>()
        where TEnum : unmanaged, Enum
    {
        int value = I32();
        return System.Runtime.CompilerServices.Unsafe.BitCast<int, TEnum>(value);
    }

    public double Double()
    {
        Expect(ThriftType.Double, "a double");
        return BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));
    }

    public byte[] Binary()
    {
        Expect(ThriftType.Binary, "bytes");
        return Take(Length()).ToArray();
    }

    public string String()
    {
        Expect(ThriftType.Binary, "text");
        return Encoding.UTF8.GetString(Take(Length()));
    }

    public T Struct<T>()
        where T : IThriftStruct<T>
    {
        Expect(ThriftType.Struct, "a struct");
        return T.Read(ref this);
    }

    /// <summary>Skips a struct without fields that matter; unions use such structs as constants.</summary>
    public void Empty()
    {
        Expect(ThriftType.Struct, "a struct");
        Skip();
    }

    public List<T> Structs<T>()
        where T : IThriftStruct<T>
    {
        int count = ListHead(ThriftType.Struct);
        // The count is not trusted with memory: the list grows with what is really there.
        var list = new List<T>(Math.Min(count, 64));
        for (int i = 0; i < count; i++)
        {
            list.Add(T.Read(ref this));
        }

        return list;
    }

    public List<string> Strings()
    {
        int count = ListHead(ThriftType.Binary);
        var list = new List<string>(Math.Min(count, 64));
        for (int i = 0; i < count; i++)
        {
            list.Add(Encoding.UTF8.GetString(Take(Length())));
        }

        return list;
    }

    public List<byte[]> Binaries()
    {
        int count = ListHead(ThriftType.Binary);
        var list = new List<byte[]>(Math.Min(count, 64));
        for (int i = 0; i < count; i++)
        {
            list.Add(Take(Length()).ToArray());
        }

        return list;
    }

    public long[] Longs()
    {
        // A number takes a byte at least, and the count is at most the bytes left.
        var values = new long[ListHead(ThriftType.I64)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ZigZag();
        }

        return values;
    }

    public int[] Ints()
    {
        var values = new int[ListHead(ThriftType.I32)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (int)ZigZag();
        }

        return values;
    }

    public bool[] Bools()
    {
        var values = new bool[ListHead(ThriftType.True)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Byte() == (byte)ThriftType.True;
        }

        return values;
    }

    public List<TEnum> Enums<TEnum>()
        where TEnum : unmanaged, Enum
    {
        int count = ListHead(ThriftType.I32);
        var list = new List<TEnum>(Math.Min(count, 64));
        for (int i = 0; i < count; i++)
        {
            list.Add(System.Runtime.CompilerServices.Unsafe.BitCast<int, TEnum>((int)ZigZag()));
        }

        return list;
    }

    /// <summary>Passes over the value of the current field.</summary>
    public void Skip() => Skip(_type, inField: true);

    private void Skip(ThriftType type, bool inField)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                if (!inField)
                {
                    Byte();
                }

                break;
            case ThriftType.Byte:
                Byte();
                break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                VarInt();
                break;
            case ThriftType.Double:
                Take(sizeof(double));
                break;
            case ThriftType.Uuid:
                Take(16);
                break;
            case ThriftType.Binary:
                Take(Length());
                break;
            case ThriftType.List or ThriftType.Set:
                SkipList();
                break;
            case ThriftType.Map:
                SkipMap();
                break;
            case ThriftType.Struct:
                ThriftFields fields = Begin();
                while (Next(ref fields))
                {
                    Skip(_type, inField: true);
                }

                break;
            default:
                throw Unexpected("a value");
        }
    }

    private void SkipList()
    {
        int count = ListHead(out ThriftType element);
        Deeper();
        for (int i = 0; i < count; i++)
        {
            Skip(element, inField: false);
        }

        _depth--;
    }

    private void SkipMap()
    {
        int count = Length();
        if (count == 0)
        {
            return;
        }

        byte types = Byte();
        Deeper();
        for (int i = 0; i < count; i++)
        {
            Skip(CheckType(types >> 4), inField: false);
            Skip(CheckType(types & 15), inField: false);
        }

        _depth--;
    }

    private void Deeper() => Begin();

    private int ListHead(ThriftType wanted)
    {
        Expect(ThriftType.List, "a list");
        int count = ListHead(out ThriftType element);
        bool fits = element == wanted || (wanted == ThriftType.True && element == ThriftType.False);
        if (!fits && count > 0)
        {
            throw ParquetErrors.Metadata($"a list of {element} stands where one of {wanted} is expected", Position);
        }

        return count;
    }

    private int ListHead(out ThriftType element)
    {
        byte head = Byte();
        element = CheckType(head & 15);
        int count = head >> 4;
        if (count == 15)
        {
            count = Length();
        }

        // Every element takes a byte at least.
        return count <= _data.Length - Position ? count : throw ParquetErrors.Metadata($"a list says it has {count} elements, more than there are bytes", Position);
    }

    private ThriftType CheckType(int code)
        => code is >= (int)ThriftType.True and <= (int)ThriftType.Uuid ? (ThriftType)code : throw ParquetErrors.Metadata($"{code} is not a type of the compact protocol", Position);

    private long Integer(long min, long max)
    {
        long value = _type switch
        {
            ThriftType.I16 or ThriftType.I32 or ThriftType.I64 => ZigZag(),
            ThriftType.Byte => (sbyte)Byte(),
            _ => throw Unexpected("a whole number"),
        };
        return value >= min && value <= max ? value : throw ParquetErrors.Metadata($"the number {value} is out of range", Position);
    }

    private readonly void Expect(ThriftType type, string what)
    {
        if (_type != type)
        {
            throw Unexpected(what);
        }
    }

    private readonly MillraceException Unexpected(string what) => ParquetErrors.Metadata($"a value of type {_type} stands where {what} is expected", Position);

    private int Length()
    {
        ulong length = VarInt();
        return length <= (ulong)(_data.Length - Position) ? (int)length : throw ParquetErrors.Metadata($"a length of {length} bytes reaches beyond the end", Position);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _data.Length - Position)
        {
            throw ParquetErrors.MetadataEnds(Position);
        }

        ReadOnlySpan<byte> bytes = _data.Slice(Position, length);
        Position += length;
        return bytes;
    }

    private byte Byte()
    {
        int at = Position;
        if ((uint)at >= (uint)_data.Length)
        {
            throw ParquetErrors.MetadataEnds(at);
        }

        Position = at + 1;
        return _data[at];
    }

    private long ZigZag()
    {
        ulong value = VarInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong VarInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw ParquetErrors.Metadata("a number has more than 10 bytes", Position);
    }
}
