using System.Reflection;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>What a .NET type is in SQL.</summary>
/// <param name="Parameter">What a parameter of the type takes.</param>
/// <param name="Result">The type of a result.</param>
/// <param name="Reader">Class that reads arguments.</param>
/// <param name="Writer">Class that writes results.</param>
/// <param name="CanBeNull">Whether null is a value of it.</param>
internal sealed record UserType(TypePattern Parameter, DataType Result, Type Reader, Type Writer, bool CanBeNull = false)
{
    // Of .NET's decimals 28 digits count, ten of them behind the point; [SqlType] says otherwise.
    private static readonly DataType DefaultDecimal = DataType.Decimal(DataType.MaxDecimalPrecision, 10);

    private static readonly DataType Instant = DataType.Timestamp(TimeUnit.Microsecond, "UTC");

    private static readonly Dictionary<Type, UserType> Known = new()
    {
        [typeof(bool)] = new(DataType.Boolean, DataType.Boolean, typeof(BooleanReader), typeof(BooleanWriter)),
        [typeof(sbyte)] = Fixed<sbyte>(DataType.Int8),
        [typeof(short)] = Fixed<short>(DataType.Int16),
        [typeof(int)] = Fixed<int>(DataType.Int32),
        [typeof(long)] = Fixed<long>(DataType.Int64),
        [typeof(byte)] = Fixed<byte>(DataType.UInt8),
        [typeof(ushort)] = Fixed<ushort>(DataType.UInt16),
        [typeof(uint)] = Fixed<uint>(DataType.UInt32),
        [typeof(ulong)] = Fixed<ulong>(DataType.UInt64),
        [typeof(float)] = Fixed<float>(DataType.Float32),
        [typeof(double)] = Fixed<double>(DataType.Float64),
        [typeof(decimal)] = Converted<Int128, decimal, DecimalConversion>(DefaultDecimal) with { Parameter = TypePattern.Decimal },
        [typeof(DateOnly)] = Converted<int, DateOnly, DateConversion>(DataType.Date),
        [typeof(TimeOnly)] = Converted<long, TimeOnly, TimeConversion>(DataType.Time()),
        [typeof(DateTime)] = Converted<long, DateTime, TimestampConversion>(DataType.Timestamp()),
        [typeof(DateTimeOffset)] = Converted<long, DateTimeOffset, InstantConversion>(Instant),
        [typeof(TimeSpan)] = Converted<Interval, TimeSpan, IntervalConversion>(DataType.Interval),
        [typeof(Guid)] = new(DataType.Uuid, DataType.Uuid, typeof(GuidReader), typeof(GuidWriter)),
        [typeof(string)] = new(DataType.Utf8, DataType.Utf8, typeof(Utf8Reader), typeof(Utf8Writer)),
        [typeof(byte[])] = new(DataType.Binary, DataType.Binary, typeof(BytesReader), typeof(BytesWriter)),
    };

    public ValueReader CreateReader() => (ValueReader)Activator.CreateInstance(Reader)!;

    public ValueWriter CreateWriter() => (ValueWriter)Activator.CreateInstance(Writer)!;

    /// <summary>The type of a parameter or result.</summary>
    /// <param name="parameter">The parameter; of a result, the method's <see cref="MethodInfo.ReturnParameter"/>.</param>
    /// <param name="clr">Its .NET type; of a <c>params</c> array, that of an element.</param>
    /// <param name="what">What messages call it.</param>
    public static UserType Of(ParameterInfo parameter, Type clr, string what)
    {
        UserType found = Find(clr) ?? throw UserFunctionErrors.Signature(what, $"has the type {Name(clr)}, which is none of SQL.", $"Types are {Names}, arrays of them, and their nullable forms.");
        bool canBeNull = found.CanBeNull || (!clr.IsValueType && IsAnnotatedNullable(parameter));
        return Declared(found, parameter.GetCustomAttribute<SqlTypeAttribute>(), what) with { CanBeNull = canBeNull };
    }

    private static string Names => string.Join(", ", Known.Keys.Select(Name));

    private static UserType? Find(Type clr)
    {
        if (Known.TryGetValue(clr, out UserType? known))
        {
            return known;
        }

        if (Nullable.GetUnderlyingType(clr) is { } value && Known.TryGetValue(value, out UserType? inner))
        {
            return inner with
            {
                Reader = typeof(NullableReader<,>).MakeGenericType(value, inner.Reader),
                Writer = typeof(NullableWriter<,>).MakeGenericType(value, inner.Writer),
                CanBeNull = true,
            };
        }

        return clr.IsSZArray && clr.GetElementType() is { } element && Find(element) is { } item
            ? new UserType(
                item.Parameter.Kind == TypePatternKind.Exact ? DataType.List(item.Result) : TypePattern.Array(item.Parameter),
                DataType.List(item.Result),
                typeof(ArrayReader<,>).MakeGenericType(element, item.Reader),
                typeof(ArrayWriter<,>).MakeGenericType(element, item.Writer))
            : null;
    }

    private static UserType Declared(UserType found, SqlTypeAttribute? attribute, string what)
    {
        if (attribute is null)
        {
            return found;
        }

        DataType type;
        try
        {
            type = DataType.Parse(attribute.Type);
        }
        catch (MillraceException e)
        {
            throw UserFunctionErrors.Signature(what, $"has [SqlType(\"{attribute.Type}\")]: {e.Message}");
        }

        // Timestamps with and without zone are different types of .NET.
        bool fits = (type.Id == found.Result.Id && type.TimeZone is null == found.Result.TimeZone is null && (!type.IsNested || type.Equals(found.Result)))
            || (type.Id == TypeId.Json && found.Result.Id == TypeId.Utf8);
        return fits ? found with { Parameter = type, Result = type } : throw UserFunctionErrors.Signature(what, $"has [SqlType(\"{attribute.Type}\")], and its .NET type stands for {found.Result}.");
    }

    private static bool IsAnnotatedNullable(ParameterInfo parameter)
        => new NullabilityInfoContext().Create(parameter) is { } info && (parameter.Position < 0 ? info.ReadState : info.WriteState) == NullabilityState.Nullable;

    private static string Name(Type type) => Nullable.GetUnderlyingType(type) is { } value ? $"{Name(value)}?"
        : type == typeof(byte[]) ? "byte[]"
        : type == typeof(bool) ? "bool"
        : type == typeof(sbyte) ? "sbyte"
        : type == typeof(short) ? "short"
        : type == typeof(int) ? "int"
        : type == typeof(long) ? "long"
        : type == typeof(byte) ? "byte"
        : type == typeof(ushort) ? "ushort"
        : type == typeof(uint) ? "uint"
        : type == typeof(ulong) ? "ulong"
        : type == typeof(float) ? "float"
        : type == typeof(double) ? "double"
        : type == typeof(decimal) ? "decimal"
        : type == typeof(string) ? "string"
        : type.Name;

    private static UserType Fixed<T>(DataType type)
        where T : unmanaged => new(type, type, typeof(FixedReader<T>), typeof(FixedWriter<T>));

    private static UserType Converted<TStored, T, TConversion>(DataType type)
        where TStored : unmanaged
        where TConversion : struct, IConversion<TStored, T> => new(type, type, typeof(ConvertedReader<TStored, T, TConversion>), typeof(ConvertedWriter<TStored, T, TConversion>));
}
