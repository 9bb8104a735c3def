using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The struct inside the union <see cref="LogicalType"/>. Its fields 1 and 2 have another meaning for each kind, so when
/// read they are kept by wire type until the kind is known.
/// </summary>
internal sealed class LogicalTypeMember : IThriftStruct<LogicalTypeMember>
{
    private readonly LogicalType? _type;
    private int? _firstNumber;
    private bool? _firstFlag;
    private string? _firstText;
    private int? _secondNumber;
    private bool? _secondFlag;
    private TimeUnit? _secondUnit;

    public LogicalTypeMember(LogicalType type) => _type = type;

    private LogicalTypeMember()
    {
    }

    public static LogicalTypeMember Read(ref ThriftReader reader)
    {
        var member = new LogicalTypeMember();
        ThriftFields fields = reader.Begin();
        while (reader.Next(ref fields))
        {
            switch (fields.Id, reader.Type)
            {
                case (1, ThriftType.True or ThriftType.False):
                    member._firstFlag = reader.Bool();
                    break;
                case (1, ThriftType.Binary):
                    member._firstText = reader.String();
                    break;
                case (1, ThriftType.Byte or ThriftType.I16 or ThriftType.I32):
                    member._firstNumber = reader.I32();
                    break;
                case (2, ThriftType.True or ThriftType.False):
                    member._secondFlag = reader.Bool();
                    break;
                case (2, ThriftType.Struct):
                    member._secondUnit = reader.Struct<TimeUnitUnion>().Unit;
                    break;
                case (2, ThriftType.I16 or ThriftType.I32):
                    member._secondNumber = reader.I32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return member;
    }

    public LogicalType ToType(LogicalKind kind) => kind switch
    {
        LogicalKind.Decimal => LogicalType.Decimal(Need(_secondNumber), Need(_firstNumber)),
        LogicalKind.Time or LogicalKind.Timestamp => new(kind) { IsAdjustedToUtc = Need(_firstFlag), Unit = Need(_secondUnit) },
        LogicalKind.Integer => LogicalType.Integer(Need(_firstNumber), Need(_secondFlag)),
        LogicalKind.Variant => new(kind) { SpecificationVersion = (sbyte?)_firstNumber },
        _ => new(kind) { Crs = _firstText, Algorithm = _secondNumber },
    };

    public void Write(ThriftWriter writer)
    {
        LogicalType type = _type!;
        switch (type.Kind)
        {
            case LogicalKind.Decimal:
                writer.I32(1, type.Scale);
                writer.I32(2, type.Precision);
                break;
            case LogicalKind.Time or LogicalKind.Timestamp:
                writer.Bool(1, type.IsAdjustedToUtc);
                writer.Struct(2, new TimeUnitUnion(type.Unit));
                break;
            case LogicalKind.Integer:
                writer.I8(1, type.BitWidth);
                writer.Bool(2, type.IsSigned);
                break;
            case LogicalKind.Variant:
                writer.I8(1, type.SpecificationVersion);
                break;
            case LogicalKind.Geometry or LogicalKind.Geography:
                writer.String(1, type.Crs);
                writer.I32(2, type.Algorithm);
                break;
        }
    }

    private static T Need<T>(T? value)
        where T : struct => value ?? throw ParquetErrors.Metadata("a logical type lacks a parameter", 0);

    private sealed class TimeUnitUnion(TimeUnit unit) : IThriftStruct<TimeUnitUnion>
    {
        public TimeUnit Unit => unit;

        public static TimeUnitUnion Read(ref ThriftReader reader)
        {
            int id = 0;
            ThriftFields fields = reader.Begin();
            while (reader.Next(ref fields))
            {
                id = fields.Id;
                reader.Skip();
            }

            // The ids 1 to 3 are milliseconds, microseconds and nanoseconds.
            return id is >= 1 and <= 3 ? new((TimeUnit)id) : throw ParquetErrors.NotSupported($"The time unit {id}");
        }

        public void Write(ThriftWriter writer) => writer.Empty((short)unit);
    }
}
