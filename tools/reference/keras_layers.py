"""A graph's layers as Keras has them."""

from keras import layers


def keras_layer(layer, options):
    match layer:
        case "Conv2d":
            return layers.Conv2D(options["filters"], options["kernel"], padding=options["padding"])
        case "MaxPool2d":
            return layers.MaxPooling2D(options["size"], padding="same")
        case "Upsample2d":
            return layers.UpSampling2D(options["factor"])
        case "Dense":
            return layers.Dense(options["units"])
        case "Flatten":
            return layers.Flatten()
        case "Reshape":
            return layers.Reshape((options["height"], options["width"], options["channels"]))
        case "ReLU":
            return layers.ReLU()
        case "Sigmoid":
            return layers.Activation("sigmoid")
    raise ValueError(layer)
