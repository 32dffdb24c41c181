using Bitrix24.Operations;
using Bitrix24.Validation;

namespace Bitrix24;

/// <content>The validation of commands that a schema cannot express.</content>
public partial class BatchRequest : IBatchRequest
{
    IReadOnlyDictionary<string, string> IBatchRequest.Methods() =>
        Commands.ToDictionary(command => command.Key, command => BatchCommand.MethodOf(command.Value), StringComparer.Ordinal);

    partial void ValidateCustom()
    {
        foreach (var command in Commands)
        {
            if (command.Key.All(character => character is >= '0' and <= '9'))
            {
                throw RequestValidation.InvalidArgument(
                    $"{nameof(Commands)} has the key '{command.Key}', but portals do not preserve the order of numeric keys. "
                    + $"Use a key with a letter, such as c{command.Key}.");
            }

            if (string.IsNullOrWhiteSpace(command.Value))
            {
                throw RequestValidation.InvalidArgument($"{nameof(Commands)}[{command.Key}] is empty. Example: user.current.");
            }

            if (!MethodName.IsValid(command.Value.Split('?')[0]))
            {
                throw RequestValidation.InvalidArgument(
                    $"{nameof(Commands)}[{command.Key}] does not start with a valid method name. Example: user.current. "
                    + "Put parameters after a question mark.");
            }

            if (MethodName.IsBatch(command.Value.Split('?')[0]))
            {
                throw RequestValidation.InvalidArgument(
                    $"{nameof(Commands)}[{command.Key}] is a batch. A batch cannot contain another batch. Add its commands to this batch.");
            }

            if (command.Value.AsSpan().IndexOf('#') >= 0)
            {
                throw RequestValidation.InvalidArgument(
                    $"{nameof(Commands)}[{command.Key}] contains a #, and portals ignore the text after it. Write %23.");
            }

            if (BatchCommand.CountParameters(command.Value) is var count && count > BatchCommand.MaxParameters)
            {
                throw RequestValidation.InvalidArgument(FormattableString.Invariant(
                    $"{nameof(Commands)}[{command.Key}] has {count} parameters, but portals read only {BatchCommand.MaxParameters}. ")
                    + "Call its method outside of a batch.");
            }
        }
    }
}
