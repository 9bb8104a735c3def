using System.Globalization;

namespace Millrace.Columnar;

/// <summary>Reads type names as people write them: <c>BIGINT</c>, <c>decimal(12, 2)</c>, <c>array&lt;struct&lt;a int, "b c" text&gt;&gt;</c>.</summary>
public static class TypeName
{
    /// <summary>Types nest no deeper than this.</summary>
    public const int MaxDepth = 64;

    public static DataType Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TryParse(name, out DataType? type, out string? error) ? type : throw ColumnarErrors.UnknownType(name, error);
    }

    public static bool TryParse(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DataType? type, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? error)
    {
        var parser = new Parser(name);
        type = parser.ReadType(0);
        if (type is not null && !parser.AtEnd)
        {
            parser.Fail("nothing more");
            type = null;
        }

        error = type is null ? parser.Error ?? "is not a type" : null;
        return type is not null;
    }

    private ref struct Parser(string text)
    {
        private readonly string _text = text;
        private int _at;

        public string? Error { get; private set; }

        public bool AtEnd
        {
            get
            {
                SkipSpace();
                return _at == _text.Length;
            }
        }

        public void Fail(string expected) => Error ??= _at < _text.Length
            ? $"expected {expected} at character {_at + 1}, found '{_text[_at]}'"
            : $"expected {expected} at its end";

        public DataType? ReadType(int depth)
        {
            if (depth > MaxDepth)
            {
                Error ??= $"nests deeper than {MaxDepth}";
                return null;
            }

            string word = ReadWord();
            if (word.Equals("double", StringComparison.OrdinalIgnoreCase) && TryKeyword("precision"))
            {
                return DataType.Float64;
            }

            TypeInfo? info = TypeTable.Find(word);
            if (info is null)
            {
                Error ??= word.Length == 0 ? "expected a type name" : $"'{word}' is not the name of a type{NearestName.Suggest(word, TypeTable.All.Select(t => t.SqlName))}";
                return null;
            }

            return info.Id switch
            {
                TypeId.Decimal => ReadDecimal(),
                TypeId.FixedBinary => ReadFixed(),
                TypeId.Utf8 => ReadText(),
                TypeId.Time => TryReadUnit(out TimeUnit time) ? DataType.Time(time) : null,
                TypeId.Timestamp => ReadTimestamp(word),
                TypeId.List or TypeId.Dictionary => ReadOf(info.Id, depth),
                TypeId.Map => ReadMap(depth),
                TypeId.Struct => ReadStruct(depth),
                _ => Simple(info.Id),
            };
        }

        private static DataType Simple(TypeId id) => id switch
        {
            TypeId.Boolean => DataType.Boolean,
            TypeId.Int8 => DataType.Int8,
            TypeId.Int16 => DataType.Int16,
            TypeId.Int32 => DataType.Int32,
            TypeId.Int64 => DataType.Int64,
            TypeId.UInt8 => DataType.UInt8,
            TypeId.UInt16 => DataType.UInt16,
            TypeId.UInt32 => DataType.UInt32,
            TypeId.UInt64 => DataType.UInt64,
            TypeId.Float32 => DataType.Float32,
            TypeId.Float64 => DataType.Float64,
            TypeId.Binary => DataType.Binary,
            TypeId.Json => DataType.Json,
            TypeId.Uuid => DataType.Uuid,
            TypeId.Date => DataType.Date,
            TypeId.Interval => DataType.Interval,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        private DataType? ReadDecimal()
        {
            if (!Try('('))
            {
                return DataType.Decimal(18, 3);
            }

            int scale = 0;
            if (!TryReadInt(out int precision) || (Try(',') && !TryReadInt(out scale)) || !Expect(')'))
            {
                return null;
            }

            if (precision is < 1 or > DataType.MaxDecimalPrecision || scale > precision)
            {
                Error ??= $"precision must be 1 to {DataType.MaxDecimalPrecision} and scale 0 to the precision";
                return null;
            }

            return DataType.Decimal(precision, scale);
        }

        private DataType? ReadFixed()
        {
            if (!Expect('(') || !TryReadInt(out int width) || !Expect(')'))
            {
                return null;
            }

            if (width < 1)
            {
                Error ??= "the width must be at least 1";
                return null;
            }

            return DataType.FixedBinary(width);
        }

        // A length limit is read for the sake of SQL's varchar(n) and not kept.
        private DataType? ReadText() => Try('(') && (!TryReadInt(out _) || !Expect(')')) ? null : DataType.Utf8;

        private DataType? ReadTimestamp(string word)
        {
            bool instant = word.Equals("timestamptz", StringComparison.OrdinalIgnoreCase);
            if (!TryReadUnit(out TimeUnit unit))
            {
                return null;
            }

            string? zone = instant ? "UTC" : null;
            if (instant && Try('['))
            {
                int end = _text.IndexOf(']', _at);
                if (end < 0)
                {
                    Fail("']'");
                    return null;
                }

                zone = _text[_at..end];
                _at = end + 1;
            }

            return DataType.Timestamp(unit, zone);
        }

        private bool TryReadUnit(out TimeUnit unit)
        {
            unit = TimeUnit.Microsecond;
            if (!Try('('))
            {
                return true;
            }

            if (!TryReadInt(out int digits) || !Expect(')'))
            {
                return false;
            }

            if (digits > 9)
            {
                Error ??= "a second has at most 9 digits";
                return false;
            }

            unit = (TimeUnit)((digits + 2) / 3);
            return true;
        }

        private DataType? ReadOf(TypeId id, int depth)
        {
            if (!Expect('<') || ReadType(depth + 1) is not { } element)
            {
                return null;
            }

            bool nullable = ReadNullable();
            if (!Expect('>'))
            {
                return null;
            }

            return id == TypeId.List ? DataType.List(new Field("element", element, nullable)) : DataType.Dictionary(element);
        }

        private DataType? ReadMap(int depth)
        {
            if (!Expect('<') || ReadType(depth + 1) is not { } key || !Expect(',') || ReadType(depth + 1) is not { } value)
            {
                return null;
            }

            bool nullable = ReadNullable();
            return Expect('>') ? DataType.Map(key, new Field("value", value, nullable)) : null;
        }

        private DataType? ReadStruct(int depth)
        {
            if (!Expect('<'))
            {
                return null;
            }

            var fields = new List<Field>();
            if (Try('>'))
            {
                return DataType.Struct(fields);
            }

            do
            {
                string? name = ReadName();
                if (name is null)
                {
                    return null;
                }

                Try(':');
                if (ReadType(depth + 1) is not { } type)
                {
                    return null;
                }

                fields.Add(new Field(name, type, ReadNullable()));
            }
            while (Try(','));
            return Expect('>') ? DataType.Struct(fields) : null;
        }

        private bool ReadNullable()
        {
            if (!TryKeyword("not"))
            {
                return true;
            }

            if (!TryKeyword("null"))
            {
                Fail("'null'");
            }

            return false;
        }

        private string? ReadName()
        {
            SkipSpace();
            if (_at < _text.Length && _text[_at] is '"')
            {
                var name = new System.Text.StringBuilder();
                for (_at++; _at < _text.Length; _at++)
                {
                    if (_text[_at] == '"')
                    {
                        if (_at + 1 < _text.Length && _text[_at + 1] == '"')
                        {
                            _at++;
                        }
                        else
                        {
                            _at++;
                            return name.ToString();
                        }
                    }

                    name.Append(_text[_at]);
                }

                Fail("'\"'");
                return null;
            }

            string word = ReadWord();
            if (word.Length == 0)
            {
                Fail("a field name");
                return null;
            }

            return word;
        }

        private string ReadWord()
        {
            SkipSpace();
            int start = _at;
            while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }

            return _text[start.._at];
        }

        private bool TryKeyword(string keyword)
        {
            int before = _at;
            if (ReadWord().Equals(keyword, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            _at = before;
            return false;
        }

        private bool TryReadInt(out int value)
        {
            SkipSpace();
            int start = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                _at++;
            }

            if (int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out value))
            {
                return true;
            }

            Fail("a number");
            return false;
        }

        private bool Try(char c)
        {
            SkipSpace();
            if (_at < _text.Length && _text[_at] == c)
            {
                _at++;
                return true;
            }

            return false;
        }

        private bool Expect(char c)
        {
            if (Try(c))
            {
                return true;
            }

            Fail($"'{c}'");
            return false;
        }

        private void SkipSpace()
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            {
                _at++;
            }
        }
    }
}
