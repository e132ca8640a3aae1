package practice

// family is a list of the ballot: species of one family. Their scientific names are the same
// in every language, and a manifest has no others for lists and choices.
type family struct {
	name    string
	species []string
}

// treeFamilies are so many that one searches, and lists of such lengths as parties have
// them; the last has one alone.
var treeFamilies = []family{
	{"Betulaceae", []string{
		"Alnus glutinosa", "Alnus incana", "Betula pendula", "Betula pubescens", "Carpinus betulus", "Corylus avellana", "Ostrya carpinifolia",
	}},
	{"Cupressaceae", []string{
		"Juniperus communis", "Metasequoia glyptostroboides", "Sequoiadendron giganteum", "Taxodium distichum", "Thuja occidentalis", "Thuja plicata",
	}},
	{"Fagaceae", []string{
		"Castanea sativa", "Fagus sylvatica", "Quercus cerris", "Quercus petraea", "Quercus pubescens", "Quercus robur", "Quercus rubra",
	}},
	{"Malvaceae", []string{
		"Tilia americana", "Tilia cordata", "Tilia platyphyllos", "Tilia tomentosa",
	}},
	{"Oleaceae", []string{
		"Fraxinus angustifolia", "Fraxinus excelsior", "Fraxinus ornus", "Olea europaea",
	}},
	{"Pinaceae", []string{
		"Abies alba", "Abies sibirica", "Larix decidua", "Larix sibirica", "Picea abies", "Picea pungens",
		"Pinus cembra", "Pinus nigra", "Pinus strobus", "Pinus sylvestris", "Pseudotsuga menziesii", "Tsuga canadensis",
	}},
	{"Rosaceae", []string{
		"Crataegus monogyna", "Malus sylvestris", "Prunus avium", "Prunus cerasus", "Prunus padus", "Pyrus communis", "Sorbus aucuparia",
	}},
	{"Salicaceae", []string{
		"Populus alba", "Populus nigra", "Populus tremula", "Salix alba", "Salix babylonica", "Salix caprea", "Salix pentandra", "Salix viminalis",
	}},
	{"Sapindaceae", []string{
		"Acer campestre", "Acer platanoides", "Acer pseudoplatanus", "Acer rubrum", "Acer saccharum", "Aesculus hippocastanum",
	}},
	{"Ulmaceae", []string{
		"Ulmus glabra", "Ulmus laevis", "Ulmus minor",
	}},
	{"Ginkgoaceae", []string{"Ginkgo biloba"}},
}

// birdFamilies are birds that breed in boxes.
var birdFamilies = []family{
	{"Muscicapidae", []string{"Ficedula hypoleuca", "Phoenicurus phoenicurus"}},
	{"Paridae", []string{"Cyanistes caeruleus", "Lophophanes cristatus", "Parus major", "Periparus ater", "Poecile palustris"}},
	{"Passeridae", []string{"Passer domesticus", "Passer montanus"}},
	{"Strigidae", []string{"Aegolius funereus", "Athene noctua", "Strix aluco"}},
	{"Apodidae", []string{"Apus apus"}},
	{"Sittidae", []string{"Sitta europaea"}},
	{"Sturnidae", []string{"Sturnus vulgaris"}},
}
