#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>Provides a type that the compiler requires and that .NET contains.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute
{
    public string ParameterName { get; } = parameterName;
}
#endif
