using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Binding;

/// <summary>How well arguments go with an overload, and the types that they have to be brought to.</summary>
internal sealed class OverloadMatch
{
    private readonly Dictionary<string, DataType> _variables = [];

    private OverloadMatch(CallShape shape)
    {
        Shape = shape;
    }

    public CallShape Shape { get; }

    /// <summary>Arguments that need a cast; literals without a type need none.</summary>
    public int Casts { get; private set; }

    /// <summary>How far the casts go, in steps to wider types.</summary>
    public int Distance { get; private set; }

    /// <summary>Parameters that would take anything.</summary>
    public int Loose { get; private set; }

    public DataType[] Targets { get; private set; } = [];

    public static OverloadMatch? Try(CallShape shape, IReadOnlyList<BoundExpression> arguments)
    {
        if (!shape.Takes(arguments.Count))
        {
            return null;
        }

        var match = new OverloadMatch(shape);
        return match.Bind(arguments) && match.FindTargets(arguments) ? match : null;
    }

    /// <summary>The type that a pattern means when variables have their types; null for patterns that arguments decide.</summary>
    public DataType? Known(TypePattern pattern) => pattern.Kind switch
    {
        TypePatternKind.Exact => pattern.Exact,
        TypePatternKind.Variable => _variables.GetValueOrDefault(pattern.Name),
        TypePatternKind.Array => Known(pattern.Children[0]) is { } element ? DataType.List(element) : null,
        TypePatternKind.Map => Known(pattern.Children[0]) is { } key && Known(pattern.Children[1]) is { } value ? DataType.Map(key, value) : null,
        _ => null,
    };

    private bool Bind(IReadOnlyList<BoundExpression> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (!Coercion.IsUntyped(arguments[i]) && !Bind(Shape.Parameter(i), TypeRules.Decoded(arguments[i].Type)))
            {
                return false;
            }
        }

        return true;
    }

    private bool Bind(TypePattern pattern, DataType type)
    {
        switch (pattern.Kind)
        {
            case TypePatternKind.Exact:
                return TypeRules.IsImplicit(type, pattern.Exact!);
            case TypePatternKind.Decimal:
                return NumericTypes.AsDecimal(type).Id == TypeId.Decimal;
            case TypePatternKind.Timestamp:
                return type.Id is TypeId.Timestamp or TypeId.Date;
            case TypePatternKind.Variable:
                DataType? common = _variables.TryGetValue(pattern.Name, out DataType? bound) ? TypeRules.Common(bound, type) : type;
                if (common is not null)
                {
                    _variables[pattern.Name] = common;
                }

                return common is not null;
            case TypePatternKind.Array:
                return type.Id == TypeId.List && Bind(pattern.Children[0], type.Element.Type);
            case TypePatternKind.Map:
                return type.Id == TypeId.Map && Bind(pattern.Children[0], type.Children[0].Type) && Bind(pattern.Children[1], type.Children[1].Type);
            case TypePatternKind.Struct:
                return type.Id == TypeId.Struct;
            default:
                return true;
        }
    }

    private bool FindTargets(IReadOnlyList<BoundExpression> arguments)
    {
        Targets = new DataType[arguments.Count];
        for (int i = 0; i < Targets.Length; i++)
        {
            TypePattern pattern = Shape.Parameter(i);
            BoundExpression argument = arguments[i];
            Loose += pattern.Kind switch { TypePatternKind.Any => 2, TypePatternKind.Variable => 1, _ => 0 };
            if (argument is UntypedLiteral literal)
            {
                if (Untyped(pattern, literal) is not { } target)
                {
                    return false;
                }

                Targets[i] = target;
                continue;
            }

            DataType type = TypeRules.Decoded(argument.Type);
            Targets[i] = Typed(pattern, type);
            if (!Targets[i].Equals(type))
            {
                int distance = TypeRules.ImplicitDistance(type, Targets[i]);
                if (distance < 0)
                {
                    return false;
                }

                Casts++;
                Distance += distance;
            }
        }

        UnifyTimestamps();
        return true;
    }

    private DataType Typed(TypePattern pattern, DataType type) => pattern.Kind switch
    {
        TypePatternKind.Decimal => NumericTypes.AsDecimal(type),
        TypePatternKind.Timestamp => type.Id == TypeId.Date ? DataType.Timestamp() : type,
        TypePatternKind.Array when Known(pattern) is null => DataType.List(type.Element.WithType(Typed(pattern.Children[0], type.Element.Type))),
        TypePatternKind.Exact or TypePatternKind.Variable or TypePatternKind.Array or TypePatternKind.Map => NearestNested(Known(pattern) ?? type, type),
        _ => type,
    };

    // A container that differs only in whether its parts can be null is taken as it is.
    private static DataType NearestNested(DataType target, DataType type)
        => target.Id == type.Id && (target.Id, type.Id) is (TypeId.List, _) && target.Element.Type.Equals(type.Element.Type) ? type
        : target.Id == TypeId.Map && type.Id == TypeId.Map && target.Children[0].Type.Equals(type.Children[0].Type) && target.Children[1].Type.Equals(type.Children[1].Type) ? type
        : target;

    private DataType? Untyped(TypePattern pattern, UntypedLiteral literal)
    {
        switch (pattern.Kind)
        {
            case TypePatternKind.Exact:
                return pattern.Exact;
            case TypePatternKind.Decimal:
                return literal.Text is null ? DataType.Decimal(DataType.MaxDecimalPrecision, 0) : NumberLiteral.DecimalType(literal.Text.Trim());
            case TypePatternKind.Timestamp:
                return DataType.Timestamp();
            case TypePatternKind.Variable:
                _variables.TryAdd(pattern.Name, DataType.Utf8);
                return _variables[pattern.Name];
            case TypePatternKind.Any:
                return DataType.Utf8;
            case TypePatternKind.Array or TypePatternKind.Map when literal.Text is null:
                foreach (TypePattern child in pattern.Children)
                {
                    if (child.Kind == TypePatternKind.Variable)
                    {
                        _variables.TryAdd(child.Name, DataType.Utf8);
                    }
                }

                return Known(pattern);
            default:
                return null;
        }
    }

    // Timestamps of several units or zones are brought to the finest, as a comparison does.
    private void UnifyTimestamps()
    {
        DataType? common = null;
        for (int i = 0; i < Targets.Length; i++)
        {
            if (Shape.Parameter(i).Kind == TypePatternKind.Timestamp)
            {
                common = common is null ? Targets[i] : TypeRules.Common(common, Targets[i]);
            }
        }

        for (int i = 0; i < Targets.Length && common is not null; i++)
        {
            if (Shape.Parameter(i).Kind == TypePatternKind.Timestamp)
            {
                Targets[i] = common;
            }
        }
    }
}
